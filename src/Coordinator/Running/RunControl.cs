using Distributed.Engine.Optimizers;

namespace Distributed.Coordinator.Running;

/// <summary>Message to the coordinator: end the run after the step in progress, with a checkpoint where a store is given.</summary>
public sealed record StopRun(string Reason);

/// <summary>Message to the coordinator: write a checkpoint after the step in progress, besides the others.</summary>
/// <param name="Answer">Told once what came of it, in a turn of the coordinator: must not block.</param>
public sealed record TakeCheckpoint(Action<CheckpointAnswer> Answer);

/// <param name="Path">Where the checkpoint lies; null: there is none.</param>
/// <param name="Step">Steps that it has committed.</param>
/// <param name="Problem">Why there is none, a sentence.</param>
public sealed record CheckpointAnswer(string? Path, long Step, string? Problem)
{
    /// <summary>Whether the run as it is cannot have one; else it may be asked for again.</summary>
    public bool IsRefused { get; init; }

    public static CheckpointAnswer Refused(string problem) => new(null, 0, problem) { IsRefused = true };
}

/// <summary>Message to the coordinator: the optimizer's rate is to be this one, from the next step on that can begin with it.</summary>
/// <param name="Answer">Told once what came of it, in a turn of the coordinator: must not block. Where checkpoints are kept, it is set and told when
/// one that has it is written.</param>
public sealed record SetRate(float Rate, Action<RateAnswer> Answer);

/// <param name="Change">What was set: another rate where somebody else has set it for the same step; null: nothing.</param>
/// <param name="Recorded">The checkpoint that has it, or why there is none; null where none are kept, or nothing was to be set.</param>
/// <param name="Problem">Why nothing was set, a sentence.</param>
public sealed record RateAnswer(RateChange? Change, CheckpointAnswer? Recorded, string? Problem);

/// <summary>Message to the coordinator: tell where the run stands and who takes part.</summary>
/// <param name="Answer">Told once, in a turn of the coordinator: must not block.</param>
public sealed record DescribeRun(Action<RunDescription> Answer);

/// <param name="Step">Steps committed.</param>
/// <param name="Workers">By number.</param>
public sealed record RunDescription(RunPhase Phase, long Step, RateChanges RateChanges, string? LastCheckpoint, IReadOnlyList<WorkerDescription> Workers);

public enum RunPhase
{
    /// <summary>For workers.</summary>
    Waiting,
    Training,
    Evaluating,
    Ended,
}

/// <param name="Units">Shards or blocks that it was given and has not answered for.</param>
/// <param name="SamplesPerSecond">While it computes, a moving average; 0 before its first answer.</param>
/// <param name="Held">The newest version of the weights that it has whole; null: none.</param>
public sealed record WorkerDescription(int Number, string Name, WorkerPhase Phase, int Units, double SamplesPerSecond, long? Held);

public enum WorkerPhase
{
    Loading,
    Idle,
    Working,

    /// <summary>Too many versions of the weights behind to be given something.</summary>
    CatchingUp,

    /// <summary>Others compute its units too.</summary>
    Late,

    /// <summary>Connected and without progress for long.</summary>
    Stalled,
}
