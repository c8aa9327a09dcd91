using Distributed.Engine.Checkpoints;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Running;

/// <summary>A run right after the commit of a step: all that is needed to go on to the same answer.</summary>
/// <param name="Step">Steps committed; the next one to do.</param>
/// <param name="Weights">The flat vector of version <paramref name="Step"/>.</param>
/// <param name="State">The optimizer's.</param>
/// <param name="EpochSum">Over the epoch in progress so far, steps added in order.</param>
/// <param name="Samples">Samples trained on so far.</param>
public sealed record RunSnapshot(long Step, float[] Weights, OptimizerState State, LossSum EpochSum,
    IReadOnlyList<EpochResult> Epochs, double TrainSeconds, long Samples)
{
    /// <summary>Whether the epoch that has just ended is the best so far.</summary>
    public bool IsBest { get; init; }

    /// <summary>Of the whole run so far.</summary>
    public SkippedSteps SkippedSteps { get; init; } = SkippedSteps.None;

    /// <summary>Learning rates that were set up to now, those of the job too.</summary>
    public RateChanges RateChanges { get; init; } = RateChanges.None;

    /// <summary>Where it was read from; null: it was taken here.</summary>
    public string? Path { get; init; }

    /// <summary>Whether nothing is left to do: all steps are committed, or the curve has ended the run, and the last epoch is
    /// judged.</summary>
    public bool IsEndOf(TrainingSetup setup)
    {
        var perEpoch = setup.Layout.BatchesPerEpoch;
        if (Step % perEpoch != 0 || Epochs.Count < Step / perEpoch) return false;
        var best = BestSoFar.Of(setup);
        best.Add(Epochs);
        return Step >= setup.TotalSteps || setup.EarlyStopping?.Judge(best) is not null;
    }
}

/// <summary>Keeps snapshots. Called beside the mailbox: may block on a disk.</summary>
public interface ICheckpointStore
{
    /// <returns>Where it was written.</returns>
    /// <exception cref="IOException">It could not be written; the one before is whole. The message is a sentence.</exception>
    /// <exception cref="DeposedException">Another coordinator leads the run; nothing was written.</exception>
    string Save(RunSnapshot snapshot);

    /// <summary>Keeps the snapshot as the best one, in place of the best before; called before <see cref="Save"/> of the same
    /// snapshot.</summary>
    /// <exception cref="IOException">As <see cref="Save"/>.</exception>
    /// <exception cref="DeposedException">As <see cref="Save"/>.</exception>
    void SaveBest(RunSnapshot snapshot)
    {
    }

    /// <summary>Looks whether this coordinator's term still stands.</summary>
    /// <exception cref="IOException">That cannot be told at the moment.</exception>
    /// <exception cref="DeposedException">Another coordinator leads the run.</exception>
    void CheckTerm()
    {
    }
}
