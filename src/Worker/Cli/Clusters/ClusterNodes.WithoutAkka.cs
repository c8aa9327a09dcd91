using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Cli.Clusters;

/// <summary>A build without Akka.NET has no nodes of clusters.</summary>
public static class ClusterNodes
{
    private const string Missing = "--host akka: this build has no Akka.NET in it; build with: dotnet build -p:WithAkka=true";

    /// <exception cref="UserException">This build has no Akka.NET.</exception>
    public static void CheckThere() => throw new UserException(Missing);

    /// <exception cref="UserException">This build has no Akka.NET.</exception>
    public static IClusterNode Start(ClusterRequest request, string role, Security security, IChunkDestination chunks, bool sharesMemory, ILoggerFactory logs, TimeProvider time) =>
        throw new UserException(Missing);
}
