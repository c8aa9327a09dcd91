using Distributed.Actors;
using Distributed.Protocol;

namespace Distributed.Worker.Cli.Clusters;

/// <summary>This process as a node of a cluster.</summary>
public interface IClusterNode : IAsyncDisposable
{
    IActorHost Host { get; }

    /// <summary>HOST:PORT, as the others know it.</summary>
    string Name { get; }

    /// <summary>Of messages, sent to and received from other nodes.</summary>
    (long Sent, long Received) Bytes { get; }

    /// <summary>Where vectors should lie whose chunks go to other nodes.</summary>
    IVectorMemory Memory { get; }

    /// <summary>HOST:PORT of the node that the cluster has chosen to run the coordinator; null: none is there.</summary>
    string? Leader { get; }

    /// <summary>Completes when the cluster has chosen this one.</summary>
    Task WhenLeads { get; }

    /// <exception cref="HostException">Nobody let it in within the time.</exception>
    Task JoinAsync(TimeSpan patience, CancellationToken cancel);

    /// <summary>From now on the cluster may choose this node to run the coordinator.</summary>
    void OfferToLead();

    /// <summary>This actor is the coordinator of the cluster while this node is the chosen one.</summary>
    void LeadWith(ActorRef coordinator);

    /// <summary>The coordinator, wherever it is.</summary>
    ActorRef Coordinator();
}
