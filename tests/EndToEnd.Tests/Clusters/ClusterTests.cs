using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine.Tests;

namespace Distributed.EndToEnd.Tests.Clusters;

/// <summary>Coordinators and workers as processes that are nodes of an Akka.NET cluster.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<Tool> _tools = [];

    public void Dispose()
    {
        _tools.ForEach(tool => tool.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_number_of_nodes_gives_the_one_answer(int workers)
    {
        var (coordinator, seed) = await BeginAsync(_folder.Write("job.yaml", TestJobs.Tiny), workers);
        var nodes = Enumerable.Range(0, workers).Select(_ => Worker(seed)).ToArray();

        await coordinator.ExitAsync(0);

        Assert.Equal(Answer.Of(TestJobs.Tiny), coordinator.Fingerprint);
        foreach (var node in nodes)
        {
            await node.ExitAsync(0);
            Assert.Matches($@"^joined coordinator@{Regex.Escape(seed)} as worker \d\n", node.Output);
            Assert.EndsWith("the run is over: done", node.Output, StringComparison.Ordinal);
        }
    }

    /// <summary>Tensors in Akka.NET's connections, in ones of their own, and in this machine's memory.</summary>
    [Theory]
    [InlineData("--data-plane", "akka")]
    [InlineData("--data-plane", "tcp", "--no-shared-memory")]
    [InlineData("--data-plane", "tcp")]
    public async Task A_node_that_is_killed_does_not_change_the_answer(params string[] options)
    {
        var (coordinator, seed) = await BeginAsync(_folder.Write("job.yaml", TestJobs.Wide), 3,
            ["--checkpoints", _folder["checkpoints"], "--checkpoint-every", "20", .. options]);
        var nodes = Enumerable.Range(0, 3).Select(_ => Worker(seed, options)).ToArray();
        await CheckpointFiles.AfterAsync(_folder["checkpoints"], 0);

        nodes[1].Kill();

        await coordinator.LineAsync(@"^worker \d \(\S+\) lost: .*the answer stays the same");
        await coordinator.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Wide), coordinator.Fingerprint);
        await nodes[0].ExitAsync(0);
        await nodes[2].ExitAsync(0);
    }

    /// <summary>Against the TCP host's fingerprint.</summary>
    [SkippableFact]
    public async Task Handwritten_digits_end_at_the_fingerprint_of_the_TCP_host()
    {
        var data = RealData.Folder("mnist");
        string[] job = [Path.Combine(AppContext.BaseDirectory, "examples", "mnist-linear.yaml"), "--set", $"data.folder={data}", "--set", "epochs=1"];
        using var train = await Tool.Coordinator(["train", .. job, "--workers", "2"]).ExitAsync(0);
        foreach (var workers in (int[])[1, 2, 3])
        {
            var (coordinator, seed) = await BeginAsync(job[0], workers, [.. job[1..], "--checkpoints", _folder[$"checkpoints{workers}"], "--checkpoint-every", "20"]);
            var nodes = Enumerable.Range(0, workers).Select(_ => Worker(seed)).ToArray();
            if (workers == 3)
            {
                await CheckpointFiles.AfterAsync(_folder[$"checkpoints{workers}"], 0);
                nodes[0].Kill();
            }

            await coordinator.ExitAsync(0);
            Assert.Equal(train.Fingerprint, coordinator.Fingerprint);
        }
    }

    [Fact]
    public async Task A_standby_goes_on_from_the_last_checkpoint_when_the_coordinator_is_killed()
    {
        string[] options = ["--checkpoints", _folder["checkpoints"], "--checkpoint-every", "20"];
        var job = _folder.Write("job.yaml", TestJobs.Wide);
        var (primary, seed) = await BeginAsync(job, 2, options);
        var standby = Keep(Tool.Coordinator(["coordinator", job, "--host", "akka", "--listen", "127.0.0.1:0", "--standby", seed, "--takeover-after", "2", .. options]));
        var second = (await standby.LineAsync(@"^(\S+) is a standby of the cluster;")).Groups[1].Value;
        await standby.LineAsync(@"^standing by: coordinator@\S+ leads the run \(term 1\)$");
        Tool[] workers = [Worker(seed), Worker($"{seed},{second}")];
        await CheckpointFiles.AfterAsync(_folder["checkpoints"], 0);

        primary.Kill();

        await standby.LineAsync(@"^this standby takes over \(term 2\) from step \d+$");
        await standby.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Wide), standby.Fingerprint);
        foreach (var worker in workers) await worker.ExitAsync(0);
    }

    /// <summary>While a third is waited for, so that the run cannot end before.</summary>
    [SkippableFact]
    public async Task A_node_that_is_interrupted_leaves_the_cluster()
    {
        Skip.If(OperatingSystem.IsWindows(), "Ctrl-C cannot be sent to a process");
        var (coordinator, seed) = await BeginAsync(_folder.Write("job.yaml", TestJobs.Tiny), 3);
        var leaving = Worker(seed);
        await leaving.LineAsync(@"^joined coordinator@\S+ as worker 1$");

        leaving.Interrupt();

        await leaving.ExitAsync(0);
        Assert.EndsWith("this worker was asked to stop; the others go on", leaving.Output, StringComparison.Ordinal);
        await coordinator.LineAsync(@"^worker 1 \(\S+\) lost: ");
        Tool[] others = [Worker(seed), Worker(seed), Worker(seed)];
        await coordinator.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Tiny), coordinator.Fingerprint);
        foreach (var other in others) await other.ExitAsync(0);
    }

    [Fact]
    public async Task A_second_leader_a_secret_and_options_that_do_not_belong_together_are_refused()
    {
        var job = _folder.Write("job.yaml", TestJobs.Tiny);
        var (_, seed) = await BeginAsync(job, 1);
        await Refused($"{seed} leads a run in this cluster: stand by for it with --standby {seed}",
            "coordinator", job, "--host", "akka", "--listen", "127.0.0.1:0", "--seed-nodes", seed);
        await Refused("--host akka knows its nodes by certificates", "worker", "--host", "akka", "--seed-nodes", seed, "--secret-file", _folder.Write("secret", new string('s', 40)));
        await Refused("--seed-nodes is about a cluster", "worker", "--coordinator", seed, "--seed-nodes", seed);
        await Refused("--coordinator is not for --host akka", "worker", "--host", "akka", "--coordinator", seed);
        await Refused("--seed-nodes HOST:PORT is wanted", "worker", "--host", "akka");
        await Refused("--akka-config", "worker", "--host", "akka", "--seed-nodes", seed, "--akka-config", _folder["missing.conf"]);
        await Refused("that is not closed", "worker", "--host", "akka", "--seed-nodes", seed, "--akka-config", _folder.Write("open.conf", "akka { remote {"));
        await Refused("--tls-cert", "worker", "--host", "akka", "--seed-nodes", seed, "--listen", "0.0.0.0:0");
        await Refused("--data-plane: wanted akka, tcp, or tcp:PORT", "worker", "--host", "akka", "--seed-nodes", seed, "--data-plane", "udp");

        async Task Refused(string sentence, params string[] arguments)
        {
            using var tool = await Tool.Coordinator(arguments).ExitAsync(2);
            Assert.Contains(sentence, tool.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_worker_that_finds_no_cluster_says_so()
    {
        using var worker = await Tool.Worker("--host", "akka", "--seed-nodes", "127.0.0.1:1", "--patience", "3").ExitAsync(1);
        Assert.Equal("no node of a cluster answers at 127.0.0.1:1; looked for 3 s", worker.Errors);
    }

    private async Task<(Tool Coordinator, string Seed)> BeginAsync(string job, int workers, params string[] more)
    {
        var coordinator = Keep(Tool.Coordinator(["coordinator", job, "--host", "akka", "--listen", "127.0.0.1:0", "--workers", $"{workers}", .. more]));
        return (coordinator, (await coordinator.LineAsync(@"^(\S+) leads the cluster;")).Groups[1].Value);
    }

    private Tool Worker(string seeds, params string[] more) => Keep(Tool.Worker(["--host", "akka", "--seed-nodes", seeds, .. more]));

    private Tool Keep(Tool tool)
    {
        _tools.Add(tool);
        return tool;
    }
}
