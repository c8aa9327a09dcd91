using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests.Clusters;

/// <summary>A build without Akka.NET.</summary>
public sealed class NoClusterTests
{
    [Fact]
    public async Task A_build_without_Akka_NET_says_so()
    {
        using var folder = new Folder();
        using var coordinator = await Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Tiny), "--host", "akka", "--listen", "127.0.0.1:0").ExitAsync(2);
        using var worker = await Tool.Worker("--host", "akka", "--seed-nodes", "127.0.0.1:5000").ExitAsync(2);
        foreach (var tool in (Tool[])[coordinator, worker])
            Assert.Equal("--host akka: this build has no Akka.NET in it; build with: dotnet build -p:WithAkka=true", tool.Errors);
    }
}
