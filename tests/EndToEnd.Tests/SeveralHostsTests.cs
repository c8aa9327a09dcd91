using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>The short form of <c>checks/netns</c>: hosts from network namespaces, and what can happen between them.</summary>
public sealed class SeveralHostsTests
{
    [SkippableFact]
    public async Task The_answer_stays_when_hosts_are_cut_off_lose_packets_stop_and_grow_slow_and_a_standby_takes_over()
    {
        var run = await Script.RunAsync("deploy/netns-cluster", "partition+loss+stop+slow-host+failover",
            "--fault-seconds", "4", "--checkpoint-every", "10");

        Skip.If(run.Code == Script.Skipped, run.Errors.Trim());
        Assert.True(run.Code == 0, run.All);
        Assert.Matches(@"same answer +w1 cut off: [1-9]\d* packets dropped; lost, and back after \d+ s; [1-9]\d* packets lost in 4 s", run.Output);
        Assert.Matches(@"w1 stopped, lost, and back after \d+ s; .*; coordinator cut off in step \d+; the standby went on from step \d+; the old one stood down",
            run.Output);
    }

    [SkippableFact]
    public async Task Nothing_is_left_behind_when_it_is_ended_in_mid_run()
    {
        using var folder = new Folder();
        var run = await Script.RunAsync("deploy/netns-cluster", "undisturbed", "--limit", "1", "--logs", folder.Path);
        Skip.If(run.Code == Script.Skipped, run.Errors.Trim());

        Assert.Equal(1, run.Code);
        Assert.Contains("FAILED: the end of the run: waited in vain", run.Errors, StringComparison.Ordinal);
        var ids = Directory.GetFiles(folder.Path, "*.out").SelectMany(File.ReadAllLines)
            .Where(line => line.StartsWith("coordinator: process ", StringComparison.Ordinal)).Select(line => int.Parse(line[21..])).ToArray();
        Assert.NotEmpty(ids);
        Assert.DoesNotContain(ids, Signals.IsRunning);
        Assert.Empty(Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns", $"distributed-{Id(run)}-*") : []);
    }

    private static string Id(Script run) => run.Output.Split('\n').First(line => line.StartsWith("hosts ", StringComparison.Ordinal)).Split('-')[1];
}
