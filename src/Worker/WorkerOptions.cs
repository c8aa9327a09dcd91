using Distributed.Actors;
using Distributed.Protocol;

namespace Distributed.Worker;

/// <summary>What a worker needs to know to take part.</summary>
/// <param name="Coordinators">Who to join: all are asked until one answers.</param>
/// <param name="Name">For displays: host/pid.</param>
/// <param name="ProcessId">0 for a worker in the coordinator's process.</param>
/// <param name="Patience">How long to ask for admission before giving up.</param>
/// <param name="Clock">Monotonic time, readable from any thread: compute times are taken with it.</param>
/// <param name="OnEnd">Told once, when the worker ends. Must not block.</param>
public sealed record WorkerOptions(IReadOnlyList<ActorRef> Coordinators, string Name, ulong ProcessId, TimeSpan Patience, Func<TimeSpan> Clock,
    Action<WorkerEnd> OnEnd)
{
    /// <summary>Told each time a coordinator admits it: who, and its number in the run. Must not block.</summary>
    public Action<ActorRef, int> OnWelcome { get; init; } = (_, _) => { };

    /// <summary>Where gradients are written.</summary>
    public IVectorMemory Memory { get; init; } = OwnMemory.Instance;
}

/// <summary>Why a worker ended.</summary>
public enum WorkerOutcome
{
    /// <summary>The run is over.</summary>
    Finished,

    /// <summary>The coordinator did not admit it: other data, other protocol version.</summary>
    Refused,

    /// <summary>The job or its data is wrong on this machine.</summary>
    WrongInput,

    /// <summary>A fault.</summary>
    Failed,

    /// <summary>Nobody answered.</summary>
    NoCoordinator,
}

/// <param name="Reason">A sentence.</param>
public sealed record WorkerEnd(WorkerOutcome Outcome, string Reason);

/// <summary>Where a host writes chunks that arrive for the worker: the replica once there is one.</summary>
public sealed class WorkerDestination(IChunkDestination scratch) : IChunkDestination
{
    private Replica? _target;

    public IChunkDestination Scratch { get; } = scratch;

    public Replica? Target
    {
        set => Volatile.Write(ref _target, value);
    }

    public TensorChunk Rent(in ChunkHeader header) => (Volatile.Read(ref _target) as IChunkDestination ?? Scratch).Rent(header);
}
