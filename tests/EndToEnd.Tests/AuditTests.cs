using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distributed.Actors;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Protocol;
using Distributed.Testing;
using Distributed.Worker;

namespace Distributed.EndToEnd.Tests;

/// <summary>Real processes, and one worker, on a host of this test, on whose machine one bit of some samples is flipped.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<Tool> _tools = [];

    public void Dispose()
    {
        _tools.ForEach(tool => tool.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1", true, false)]
    [InlineData("0.1", false, false)]
    [InlineData("0.1", false, true)]
    public async Task A_worker_that_computes_wrongly_is_found_and_named_and_the_answer_is_right(string rate, bool isEverythingAudited, bool checkpoints)
    {
        var (run, address) = await BeginAsync(workers: 3, checkpoints, "--audit", rate);
        await using var host = new TcpHost();
        var ended = Faulty(host, address);
        for (var i = 0; i < 2; i++) _tools.Add(Tool.Worker("--coordinator", address));

        await run.ExitAsync(0);
        var end = await ended.WaitAsync(Patience.Limit);
        Assert.True(end.Outcome == WorkerOutcome.Refused, $"{end}\n{run.Output}");
        Assert.Contains("computes wrongly", end.Reason);
        Assert.Matches($@"worker \d+ \({host.Name}/faulty\) computes wrongly and is excluded: two others agree on shard \d+ of step \d+", run.Output);
        Assert.Equal(!isEverythingAudited, run.Output.Contains("going back to step 0", StringComparison.Ordinal));
        var agreed = Regex.Matches(run.Output, @"audit: two workers agreed on (\d+) shards")[^1].Groups[1].Value;
        using var report = JsonDocument.Parse(File.ReadAllText(_folder["report.json"]));
        var audit = report.RootElement.GetProperty("audit");
        Assert.Equal((rate, agreed), (audit.GetProperty("rate").GetRawText(), audit.GetProperty("audited_shards").GetRawText()));
        Assert.InRange(audit.GetProperty("disagreements").GetInt32(), 1, int.MaxValue);
        Assert.Equal($"{host.Name}/faulty", Assert.Single(audit.GetProperty("excluded_workers").EnumerateArray()).GetString());
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
    }

    [Fact]
    public async Task Where_there_is_nobody_to_compare_with_the_run_says_so()
    {
        using var run = await Tool.Coordinator("train", _folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--workers", "1", "--audit", "1")
            .ExitAsync(0);
        Assert.Contains("audit: there is no other worker to compare with", run.Output, StringComparison.Ordinal);
        Assert.Contains("audit: two workers agreed on 0 shards; 120 shards counted unaudited", run.Output, StringComparison.Ordinal);
        Assert.Equal(Answer.Of(TestJobs.Tiny), run.Fingerprint);
    }

    [Fact]
    public async Task Without_an_audit_the_fault_shows_in_the_answer_so_it_is_one()
    {
        var (run, address) = await BeginAsync(workers: 1, checkpoints: false);
        await using var host = new TcpHost();
        var ended = Faulty(host, address);

        await run.ExitAsync(0);
        Assert.Equal(WorkerOutcome.Finished, (await ended.WaitAsync(Patience.Limit)).Outcome);
        Assert.NotEqual(Answer.Of(TestJobs.Long), run.Fingerprint);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("some")]
    public async Task A_rate_that_is_none_is_wrong_input(string rate)
    {
        using var run = Tool.Coordinator("train", "nowhere.yaml", "--audit", rate);
        await run.ExitAsync(2);
        Assert.Contains($"--audit: wanted a number from 0 to 1, came \"{rate}\"", run.Errors, StringComparison.Ordinal);
    }

    private async Task<(Tool Run, string Address)> BeginAsync(int workers, bool checkpoints, params string[] more)
    {
        string[] folder = checkpoints ? ["--checkpoints", _folder["checkpoints"], "--checkpoint-every", "20"] : [];
        var run = Tool.Coordinator(["coordinator", _folder.Write("job.yaml", TestJobs.Long), "--listen", "127.0.0.1:0", "--workers", $"{workers}",
            "--report", _folder["report.json"], .. folder, .. more]);
        _tools.Add(run);
        return (run, (await run.LineAsync(@"listening on (\S+);")).Groups[1].Value);
    }

    private static Task<WorkerEnd> Faulty(TcpHost host, string address)
    {
        var ended = new TaskCompletionSource<WorkerEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var destination = new WorkerDestination(new ChunkPool());
        var options = new WorkerOptions([host.Remote(IPEndPoint.Parse(address), "coordinator")], $"{host.Name}/faulty", 0, Patience.Limit,
            () => TimeProvider.System.GetElapsedTime(0), end => ended.TrySetResult(end));
        host.RegisterDestination("worker", destination);
        host.Spawn("worker", () => new WorkerActor(options, new FlippingLoader(), destination), Supervision.Never);
        return ended.Task;
    }

    private sealed class FlippingLoader : IJobLoader
    {
        private readonly JobLoader _right = new(dataFolder: null, Environment.CurrentDirectory);

        public LoadedJob Load(string yaml)
        {
            var job = _right.Load(yaml);
            return job with { Setup = job.Setup with { Train = new Flipped(job.Setup.Train, sample => sample % 16 == 1) } };
        }
    }
}
