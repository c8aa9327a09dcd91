namespace Distributed.Worker.Cli.Clusters;

/// <summary>What the user asks of a node of an Akka.NET cluster.</summary>
/// <param name="Listen">Where it listens, and what the others know it by; the port 0 is any free one.</param>
/// <param name="Seeds">Nodes to join by; none: this one begins the cluster.</param>
/// <param name="Roles">Beside its own.</param>
/// <param name="Settings">HOCON over this project's; null: none.</param>
/// <param name="TensorsOverTcp">Whether chunks go over connections of their own.</param>
public sealed record ClusterRequest(HostPort Listen, IReadOnlyList<HostPort> Seeds, IReadOnlyList<string> Roles, string? Settings, bool TensorsOverTcp);
