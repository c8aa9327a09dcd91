namespace Distributed.Engine.Training;

/// <summary>What an epoch gave.</summary>
/// <param name="Epoch">0 at the first.</param>
/// <param name="MeanLoss">Mean data loss over the epoch's samples, each taken before its step's update; the regularizer's penalty is
/// not in it, nor are the samples of steps that were skipped. NaN where all steps were.</param>
/// <param name="TrainAccuracy">Right decisions among them, 0..1; null where nothing is decided, or all steps were skipped.</param>
/// <param name="TestLoss">Mean loss on the test set after the epoch; null without one.</param>
/// <param name="TestAccuracy">0..1; null without a test set or where nothing is decided.</param>
public sealed record EpochResult(int Epoch, double MeanLoss, double? TrainAccuracy, double? TestLoss, double? TestAccuracy)
{
    /// <summary>The result of an epoch from its sums.</summary>
    /// <param name="train">Over all its batches.</param>
    /// <param name="test">Over the test set; null without one.</param>
    public static EpochResult From(TrainingSetup setup, int epoch, in LossSum train, LossSum? test)
    {
        var target = setup.Model.Target;
        return new EpochResult(epoch, train.Loss / train.Samples, Decisions.Accuracy(target, train), test?.Loss / test?.Samples,
            test is { } sum ? Decisions.Accuracy(target, sum) : null);
    }
}

/// <summary>What a training gave.</summary>
/// <param name="Weights">The flat vector after the last step.</param>
/// <param name="Fingerprint">Of the weights, see <see cref="Training.Fingerprint"/>.</param>
public sealed record TrainingResult(float[] Weights, string Fingerprint, IReadOnlyList<EpochResult> Epochs)
{
    /// <summary>Per epoch: <see cref="EpochResult.MeanLoss"/>.</summary>
    public IReadOnlyList<double> LossHistory => [.. Epochs.Select(epoch => epoch.MeanLoss)];

    public SkippedSteps SkippedSteps { get; init; } = SkippedSteps.None;

    /// <summary>Per epoch; empty without a test set.</summary>
    public IReadOnlyList<double> TestAccuracyHistory => [.. Epochs.Select(epoch => epoch.TestAccuracy).OfType<double>()];
}
