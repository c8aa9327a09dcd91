namespace Distributed.Engine.Training;

/// <summary>What an epoch gave.</summary>
/// <param name="Epoch">0 at the first.</param>
/// <param name="MeanLoss">Mean data loss over the epoch's samples, each taken before its step's update; the regularizer's penalty is
/// not in it.</param>
/// <param name="TrainAccuracy">Right predictions among them, 0..1.</param>
/// <param name="TestLoss">Mean loss on the test set after the epoch; null without one.</param>
/// <param name="TestAccuracy">0..1; null without a test set.</param>
public sealed record EpochResult(int Epoch, double MeanLoss, double TrainAccuracy, double? TestLoss, double? TestAccuracy);

/// <summary>What a training gave.</summary>
/// <param name="Weights">The flat vector after the last step.</param>
/// <param name="Fingerprint">Of the weights, see <see cref="Training.Fingerprint"/>.</param>
/// <param name="LossHistory">Per epoch: <see cref="EpochResult.MeanLoss"/>.</param>
/// <param name="TestAccuracyHistory">Per epoch; empty without a test set.</param>
public sealed record TrainingResult(float[] Weights, string Fingerprint, IReadOnlyList<double> LossHistory,
    IReadOnlyList<double> TestAccuracyHistory);
