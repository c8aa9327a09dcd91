using Distributed.Actors;
using Distributed.Actors.Akka;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Cli.Clusters;

/// <summary>Nodes of Akka.NET clusters.</summary>
public static class ClusterNodes
{
    /// <summary>This build has Akka.NET: nothing to say.</summary>
    public static void CheckThere()
    {
    }

    /// <param name="role">coordinator or worker.</param>
    /// <param name="chunks">Where chunks are written that come.</param>
    /// <param name="sharesMemory">Whether processes of this machine read each other's chunks where they lie, if they have a data plane of their own.</param>
    /// <exception cref="UserException">A shared secret is asked for, which Akka.Remote does not know.</exception>
    /// <exception cref="HostException">It cannot, or must not, listen there; or the settings are wrong.</exception>
    public static IClusterNode Start(ClusterRequest request, string role, Security security, IChunkDestination chunks, bool sharesMemory, ILoggerFactory logs, TimeProvider time)
    {
        if (security.Secret is not null)
            throw new UserException("--host akka knows its nodes by certificates, not by a shared secret: give --tls-cert, --tls-key and --tls-ca in its place");
        return new Node(request, AkkaHost.Start(new AkkaHostOptions
        {
            Hostname = request.Listen.Host,
            Port = request.Listen.Port,
            Roles = [role, .. request.Roles],
            Settings = request.Settings,
            Tls = security.Tls,
            Chunks = chunks,
            TensorsOverTcp = request.DataPlane.OverTcp,
            DataPort = request.DataPlane.Port,
            SharesMemory = sharesMemory,
            Logs = logs,
            Time = time,
        }));
    }

    private sealed class Node(ClusterRequest request, AkkaHost host) : IClusterNode
    {
        public IActorHost Host => host;

        public string Name => host.Name;

        public (long Sent, long Received) Bytes => (host.BytesSent, host.BytesReceived);

        public IVectorMemory Memory => host.Memory;

        public string? Leader => host.Leader;

        public Task WhenLeads => host.WhenLeads;

        public Task JoinAsync(TimeSpan patience, CancellationToken cancel) =>
            host.JoinAsync([.. request.Seeds.Select(seed => (seed.Host, seed.Port))], patience, cancel);

        public void OfferToLead() => host.OfferToLead();

        public void LeadWith(ActorRef coordinator) => host.LeadWith(coordinator);

        public ActorRef Coordinator() => host.Coordinator();

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
