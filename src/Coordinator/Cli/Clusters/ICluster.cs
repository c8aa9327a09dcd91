using Distributed.Actors;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Worker;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Clusters;

/// <summary>Where the actors of a run live.</summary>
internal interface ICluster : IAsyncDisposable
{
    /// <summary>Where the coordinator is spawned.</summary>
    IActorHost Host { get; }

    /// <summary>Where the weights should lie for the workers.</summary>
    IVectorMemory Memory { get; }

    /// <summary>Of this process, for others to know it by: host/pid.</summary>
    string Name { get; }

    /// <summary>Sent and received by this process over the network.</summary>
    (long Sent, long Received) Bytes { get; }

    /// <summary>Peak resident memory of the worker processes that belong to the run; 0 where there are none.</summary>
    long WorkersPeakMemoryBytes { get; }

    /// <summary>Shows the data to workers of other processes that would have to read it too.</summary>
    /// <param name="job">The job's fingerprint.</param>
    /// <returns>The same data, where it lies now.</returns>
    DataPair Lend(DataPair data, byte[] job);

    /// <summary>The coordinator is there: workers that live in this process are spawned.</summary>
    void Begin(ActorRef coordinator, LoadedJob job);

    /// <summary>This actor leads the run from now on.</summary>
    void LeadWith(ActorRef coordinator)
    {
    }

    /// <summary>The coordinator that a standby stands by for.</summary>
    ActorRef CoordinatorAt(HostPort place) => throw new NotSupportedException($"{GetType().Name} has no standbys");

    /// <summary>Why a standby here must not lead now, as a sentence; null: it may.</summary>
    string? WhyNotLead => null;

    /// <summary>The run is over; workers get some time to end by themselves.</summary>
    Task EndAsync();
}
