using Distributed.Engine.Training;

namespace Distributed.Coordinator.Running;

/// <summary>Losses, accuracies and times of a run so far.</summary>
internal sealed class History
{
    private readonly List<EpochResult> _epochs = [];
    private readonly TrainingSetup _setup;
    private double _seconds;
    private TimeSpan? _since;

    public History(TrainingSetup setup, RunSnapshot? resume)
    {
        (_setup, Best) = (setup, BestSoFar.Of(setup));
        if (resume is null) return;
        _epochs.AddRange(resume.Epochs);
        Best.Add(resume.Epochs);
        (EpochSum, _seconds, Samples, Skipped) = (resume.EpochSum, resume.TrainSeconds, resume.Samples, resume.SkippedSteps);
    }

    /// <summary>Of all epochs so far, as many as there are: not for every epoch's end.</summary>
    public IReadOnlyList<EpochResult> CopyEpochs() => [.. _epochs];

    public BestSoFar Best { get; }

    /// <summary>Over the steps of the epoch in progress that were not skipped, added in order.</summary>
    public LossSum EpochSum { get; private set; }

    /// <summary>Samples of all steps, skipped ones too: work that was done.</summary>
    public long Samples { get; private set; }

    public SkippedSteps Skipped { get; private set; } = SkippedSteps.None;

    public double TrainSeconds(TimeSpan now) => _seconds + (_since is { } since ? (now - since).TotalSeconds : 0);

    /// <summary>Steps are being worked on from now on. Again while they are: nothing.</summary>
    public void TrainingRuns(TimeSpan now) => _since ??= now;

    /// <summary>Evaluation or the end: the clock of training stands.</summary>
    public void TrainingPauses(TimeSpan now) => (_seconds, _since) = (TrainSeconds(now), null);

    public void Committed(LossSum loss)
    {
        EpochSum += loss;
        Samples += loss.Samples;
    }

    /// <summary>A step that changed nothing: its loss is in no sum.</summary>
    public void SkippedStep(long step, int samples)
    {
        Skipped = Skipped.Add(step);
        Samples += samples;
    }

    public EpochResult EndEpoch(LossSum? test)
    {
        var result = EpochResult.From(_setup, _epochs.Count, EpochSum, test);
        _epochs.Add(result);
        Best.Add(result);
        EpochSum = default;
        return result;
    }
}
