using Distributed.Engine.Training;

namespace Distributed.Coordinator.Running;

/// <summary>Losses, accuracies and times of a run so far.</summary>
internal sealed class History
{
    private readonly List<double> _losses = [];
    private readonly List<double> _accuracies = [];
    private readonly TrainingSetup _setup;
    private double _epochLoss;
    private double _seconds;
    private TimeSpan? _since;

    public History(TrainingSetup setup, RunSnapshot? resume)
    {
        _setup = setup;
        if (resume is null) return;
        _losses.AddRange(resume.LossHistory);
        _accuracies.AddRange(resume.AccuracyHistory);
        (_epochLoss, _seconds, Samples) = (resume.EpochLoss, resume.TrainSeconds, resume.Samples);
    }

    public IReadOnlyList<double> Losses => [.. _losses];

    public IReadOnlyList<double> Accuracies => [.. _accuracies];

    public double EpochLoss => _epochLoss;

    public long Samples { get; private set; }

    public double TrainSeconds(TimeSpan now) => _seconds + (_since is { } since ? (now - since).TotalSeconds : 0);

    /// <summary>Steps are being worked on from now on. Again while they are: nothing.</summary>
    public void TrainingRuns(TimeSpan now) => _since ??= now;

    /// <summary>Evaluation or the end: the clock of training stands.</summary>
    public void TrainingPauses(TimeSpan now) => (_seconds, _since) = (TrainSeconds(now), null);

    public void Committed(LossSum loss)
    {
        _epochLoss += loss.Loss;
        Samples += loss.Samples;
    }

    /// <returns>Mean loss of the epoch, and its accuracy where there is one.</returns>
    public (double Loss, double? Accuracy) EndEpoch(LossSum? test)
    {
        var loss = _epochLoss / _setup.Train.Count;
        _losses.Add(loss);
        _epochLoss = 0;
        double? accuracy = test is { } sum ? (double)sum.Correct / sum.Samples : null;
        if (accuracy is { } value) _accuracies.Add(value);
        return (loss, accuracy);
    }
}
