using Distributed.Actors;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Distributed.Worker.Cli.Clusters;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli.Clusters;

/// <summary>The coordinator as a node of an Akka.NET cluster, which workers and standbys join by themselves.</summary>
/// <remarks>The cluster chooses the node that runs the coordinator: the oldest one with that role. A standby waits until it is chosen, claims the
/// next term in the checkpoints' folder as every coordinator does, and goes on from there.</remarks>
internal sealed class AkkaCluster : ICluster
{
    private readonly IClusterNode _node;
    private ActorRef? _leader;

    private AkkaCluster(IClusterNode node) => _node = node;

    public IActorHost Host => _node.Host;

    public IVectorMemory Memory => _node.Memory;

    public string Name => $"{_node.Name}/{Environment.ProcessId}";

    public (long Sent, long Received) Bytes => _node.Bytes;

    public long WorkersPeakMemoryBytes => 0;

    public string? WhyNotLead => _node.WhenLeads.IsCompleted ? null : $"the cluster has not chosen this node to lead yet, but {_node.Leader ?? "nobody"}";

    /// <exception cref="HostException">The node cannot start, or nobody let it in.</exception>
    /// <exception cref="UserException">Another node leads a run in this cluster.</exception>
    public static async Task<AkkaCluster> OpenAsync(ClusterRequest request, TrainRequest train, Notes notes, TimeProvider time, ILoggerFactory logs)
    {
        var node = ClusterNodes.Start(request, "coordinator", train.Security, new ChunkPool(), train.SharesMemory, logs, time);
        try
        {
            await node.JoinAsync(CoordinatorLimits.JoinPatience, CancellationToken.None).ConfigureAwait(false);
            node.OfferToLead();
            var isStandby = train.StandbyFor.Count > 0;
            if (!isStandby)
            {
                if (node.Leader is { } other && other != node.Name)
                    throw new UserException($"{other} leads a run in this cluster: stand by for it with --standby {other} --checkpoints DIR, or begin another cluster");
                await node.WhenLeads.WaitAsync(CoordinatorLimits.JoinPatience, time).ConfigureAwait(false);
            }
            notes.Add((isStandby
                ? $"{node.Name} is a standby of the cluster; workers are started with: "
                : $"{node.Name} leads the cluster; {RunProgress.Count(train.Workers.First, "worker")} wanted, each started with: ")
                + WorkerHint(request, train, node.Name));
            return new AkkaCluster(node);
        }
        catch (TimeoutException late)
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw new HostException($"the cluster has chosen nobody to lead within {CoordinatorLimits.JoinPatience.TotalSeconds:0} s", late);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ActorRef CoordinatorAt(HostPort place) => _leader ??= _node.Coordinator();

    public DataPair Lend(DataPair data, byte[] job) => data;

    public void LeadWith(ActorRef coordinator) => _node.LeadWith(coordinator);

    public void Begin(ActorRef coordinator, LoadedJob job)
    {
        // Workers are other nodes and ask by themselves.
    }

    public Task EndAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static string WorkerHint(ClusterRequest request, TrainRequest train, string here) =>
        $"Distributed.Coordinator worker --host akka --seed-nodes {string.Join(",", request.Seeds.Select(seed => seed.ToString()).Append(here).Distinct())}"
        + (train.Security.Tls is null ? "" : " --tls-cert FILE --tls-key FILE --tls-ca FILE");
}
