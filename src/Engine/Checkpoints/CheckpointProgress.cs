using System.Collections.Immutable;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Checkpoints;

/// <summary>How far a run has come.</summary>
/// <param name="Step">Steps committed; the next one has this number.</param>
/// <param name="Epoch">Epoch of the next step, from 0.</param>
/// <param name="Batch">Batch of the next step within its epoch, from 0.</param>
/// <param name="EpochLoss">Sum over the batches of the epoch so far.</param>
/// <param name="Epochs">Results of the finished epochs.</param>
/// <param name="TrainSeconds">Seconds spent training, over all restarts.</param>
/// <param name="BytesSent">By the coordinator, over all restarts.</param>
/// <param name="BytesReceived">By the coordinator, over all restarts.</param>
public sealed record CheckpointProgress(long Step, int Epoch, int Batch, LossSum EpochLoss,
    ImmutableArray<EpochResult> Epochs, double TrainSeconds, long BytesSent, long BytesReceived)
{
    public SkippedSteps SkippedSteps { get; init; } = SkippedSteps.None;

    /// <summary>Those of the job too.</summary>
    public RateChanges RateChanges { get; init; } = RateChanges.None;
}
