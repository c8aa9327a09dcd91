namespace Distributed.Actors.Akka;

/// <summary>What nodes of a cluster are.</summary>
public static class ClusterRoles
{
    public const string Coordinator = "coordinator";

    public const string Worker = "worker";
}
