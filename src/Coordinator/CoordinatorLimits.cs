namespace Distributed.Coordinator;

/// <summary>Every wait and bound of the coordinator.</summary>
public static class CoordinatorLimits
{
    /// <summary>Workers of a run at most.</summary>
    public const int MaxWorkers = 1024;

    /// <summary>float32 elements of a chunk unless told otherwise: 256 KiB, so that a heartbeat waits for no more.</summary>
    public const int ChunkElements = 1 << 16;

    /// <summary>A look at who is late comes no sooner than this after it was asked for: where steps are short, each look takes a processor from who
    /// computes them.</summary>
    public static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(20);

    /// <summary>A worker that was welcomed and has not said Ready after this time is dropped.</summary>
    public static readonly TimeSpan LoadingTime = TimeSpan.FromMinutes(10);

    /// <summary>How often a coordinator looks whether its term still stands, and waits for that look before the next.</summary>
    public static readonly TimeSpan ReignInterval = TimeSpan.FromSeconds(1);

    /// <summary>Between two questions of a standby whether anyone leads.</summary>
    public static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(1);

    /// <summary>A standby takes over when nobody has led for this long, unless told otherwise.</summary>
    public static readonly TimeSpan TakeoverAfter = TimeSpan.FromSeconds(10);

    /// <summary>A coordinator looks for the cluster that it is to be a node of for so long, and as long again to be chosen.</summary>
    public static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(30);

    /// <summary>A coordinator that claimed a term and was never heard of gets this many times as long.</summary>
    public const int UnheardFactor = 6;

    /// <summary>A standby that does not find the coordinator's claim in its folder looks again so often, an interval apart,
    /// before it gives up.</summary>
    public const int FolderLooks = 3;

    /// <summary>Standbys of a coordinator at most.</summary>
    public const int MaxStandbys = 16;
}
