using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Running;

/// <summary>A run to be coordinated.</summary>
/// <param name="Job">The resolved job as YAML, sent to workers.</param>
/// <param name="JobFingerprint">32 bytes.</param>
/// <param name="DataFingerprint">32 bytes.</param>
/// <param name="FirstWorkers">Workers to wait for before the first step.</param>
public sealed record RunOptions(TrainingSetup Setup, string Job, byte[] JobFingerprint, byte[] DataFingerprint, int FirstWorkers)
{
    /// <summary>Of this coordinator's reign, from 1: workers that have followed a higher one do not follow it.</summary>
    public uint Term { get; init; } = 1;

    /// <summary>With fewer workers than this (stalled ones not counted) the run waits, at any time.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>More workers than this are asked to wait until one leaves.</summary>
    public int MaxWorkers { get; init; } = CoordinatorLimits.MaxWorkers;

    /// <summary>float32 elements of a chunk; does not change the answer.</summary>
    public int ChunkElements { get; init; } = CoordinatorLimits.ChunkElements;

    /// <summary>Which shards two workers compute, whose bits must agree; null: none.</summary>
    public AuditPlan? Audit { get; init; }

    /// <summary>Names of workers that are not admitted: an audit has found that they compute wrongly.</summary>
    public IReadOnlyCollection<string> Excluded { get; init; } = [];

    /// <summary>Where snapshots go; null: none are taken.</summary>
    public ICheckpointStore? Checkpoints { get; init; }

    /// <summary>Steps between snapshots besides the one at each epoch's end; 0: only those.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>A snapshot after the first commit that is so long after the one before; null: none for time's sake.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Checkpoints that nobody has asked for are so far from each other at least; the last of a run is written in any case. What an epoch's end
    /// or the best one so far would have had written waits.</summary>
    public TimeSpan CheckpointSpacing { get; init; }

    /// <summary>Who leads in this <see cref="Term"/>, as its claim says.</summary>
    public string Claimant { get; init; } = "";

    /// <summary>Go on from here instead of the beginning.</summary>
    public RunSnapshot? Resume { get; init; }

    /// <summary>Rates that were set while it ran before, those of the job too; null: those of <see cref="Resume"/>, or else of the job.</summary>
    public RateChanges? RateChanges { get; init; }

    /// <summary>Where the weights lie that workers are sent.</summary>
    public IVectorMemory Memory { get; init; } = OwnMemory.Instance;

    /// <summary>Whether workers that lack the data are sent the samples of their shards. Does not change the answer.</summary>
    public bool Ships { get; init; } = true;

    /// <summary>Told of what goes into the weights; null: nobody.</summary>
    public IAggregationProbe? Probe { get; init; }
}
