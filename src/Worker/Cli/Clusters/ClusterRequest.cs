namespace Distributed.Worker.Cli.Clusters;

/// <summary>What the user asks of a node of an Akka.NET cluster.</summary>
/// <param name="Listen">Where it listens, and what the others know it by; the port 0 is any free one.</param>
/// <param name="Seeds">Nodes to join by; none: this one begins the cluster.</param>
/// <param name="Roles">Beside its own.</param>
/// <param name="Settings">HOCON over this project's; null: none.</param>
/// <param name="DataPlane">How chunks travel.</param>
public sealed record ClusterRequest(HostPort Listen, IReadOnlyList<HostPort> Seeds, IReadOnlyList<string> Roles, string? Settings, DataPlaneChoice DataPlane);

/// <summary>How chunks travel in a cluster.</summary>
/// <param name="OverTcp">In connections of their own.</param>
/// <param name="Port">Where those are taken; 0: any free one.</param>
public sealed record DataPlaneChoice(bool OverTcp, int Port)
{
    public static readonly DataPlaneChoice Akka = new(OverTcp: false, Port: 0);
}
