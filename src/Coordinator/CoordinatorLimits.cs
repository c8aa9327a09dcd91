namespace Distributed.Coordinator;

/// <summary>Every wait and bound of the coordinator.</summary>
public static class CoordinatorLimits
{
    /// <summary>Workers of a run at most.</summary>
    public const int MaxWorkers = 1024;

    /// <summary>float32 elements of a chunk unless told otherwise: 256 KiB, so that a heartbeat waits for no more.</summary>
    public const int ChunkElements = 1 << 16;

    /// <summary>A worker that was welcomed and has not said Ready after this time is dropped.</summary>
    public static readonly TimeSpan LoadingTime = TimeSpan.FromMinutes(10);
}
