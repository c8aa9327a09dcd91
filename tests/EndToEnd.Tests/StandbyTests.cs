using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>A coordinator, one that stands by for it, and workers that know both, as processes.</summary>
public sealed class StandbyTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<Tool> _tools = [];

    public void Dispose()
    {
        _tools.ForEach(tool => tool.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task A_standby_takes_over_when_the_coordinator_is_killed()
    {
        var (primary, standby, workers) = await BeginAsync();
        var step = await CheckpointFiles.AfterAsync(_folder["checkpoints"], 0);

        primary.Kill();

        await standby.LineAsync(@"^coordinator@\S+ is lost: .*[^.]; this standby takes over in 2 s");
        var from = await standby.LineAsync(@"^going on from .*: step (\d+) of 2000$");
        Assert.InRange(long.Parse(from.Groups[1].Value), step, TestJobs.LongSteps - 1);
        await standby.LineAsync(@"^this standby takes over \(term 2\) from step \d+$");
        await standby.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), standby.Fingerprint);
        foreach (var worker in workers) await worker.ExitAsync(0);
        // It is one run, which the standby went on to keep: to the last step, weights too.
        var kept = await File.ReadAllLinesAsync(Path.Combine(Assert.Single(Directory.GetDirectories(_folder["runs"])), "metrics.jsonl"));
        foreach (var kind in (string[])["step", "layers"])
            Assert.Contains(kept, line => line.StartsWith($"{{\"kind\":\"{kind}\",\"step\":{TestJobs.LongSteps},", StringComparison.Ordinal));
    }

    /// <summary>SIGSTOP for longer than the standby waits, then SIGCONT: the former one finds itself deposed and writes nothing
    /// more.</summary>
    [SkippableFact]
    public async Task A_coordinator_that_was_stopped_for_too_long_is_fenced_off()
    {
        Skip.If(OperatingSystem.IsWindows(), "a process cannot be stopped by a signal");
        var (primary, standby, workers) = await BeginAsync();
        await CheckpointFiles.AfterAsync(_folder["checkpoints"], 0);

        Signals.Stop(primary.Id);
        var stoppedAt = CheckpointFiles.LatestStep(_folder["checkpoints"]);
        await standby.LineAsync(@"^this standby takes over \(term 2\)");
        await standby.LineAsync(@"^worker \d+ .* joined");
        var printed = primary.Output;
        var files = Directory.GetFiles(_folder["checkpoints"], "*.1.tmp");
        Signals.Continue(primary.Id);

        await primary.ExitAsync(1);
        Assert.Matches(@"This coordinator stands down: \S+/\d+ has claimed term 2 of this run and leads it now; this one's is term 1\.",
            primary.Errors);
        Assert.Contains("deposed at step", primary.Output[printed.Length..], StringComparison.Ordinal);
        Assert.DoesNotContain("fingerprint", primary.Output, StringComparison.Ordinal);
        await standby.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), standby.Fingerprint);
        foreach (var worker in workers) await worker.ExitAsync(0);
        // What lies there was written by the new one alone: its last checkpoints (not always of the last steps that were due: none is begun while one is
        // written) and nothing half-written.
        Assert.True(files.Length <= 1, string.Join(", ", files));
        var steps = CheckpointFiles.Steps(_folder["checkpoints"]);
        Assert.Equal((3, 2000L), (steps.Count, steps[^1]));
        Assert.All(steps, step => Assert.True(step > stoppedAt && step % 20 == 0, $"a checkpoint of step {step}, the former coordinator was stopped at {stoppedAt}"));
        Assert.Equal(["best.safetensors", .. steps.Select(step => Path.GetFileName(CheckpointFiles.PathOf(_folder["checkpoints"], step))), "term", "term.lock"],
            Directory.GetFiles(_folder["checkpoints"]).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Matches($@"^2 \S+/{standby.Id}\n$", File.ReadAllText(Path.Combine(_folder["checkpoints"], "term")));
    }

    [Fact]
    public async Task A_standby_ends_with_the_run()
    {
        var (primary, standby, workers) = await BeginAsync();
        var address = Address(await primary.LineAsync(@"^listening on (\S+);"));
        foreach (var worker in workers) await worker.LineAsync($@"^joined {Regex.Escape(address)} as worker \d$"); // of two that it was told of

        await primary.ExitAsync(0);

        await standby.ExitAsync(0);
        Assert.Contains("the run is over: done; this standby was not needed", standby.Output, StringComparison.Ordinal);
        Assert.Equal(Answer.Of(TestJobs.Long), primary.Fingerprint);
        foreach (var worker in workers) await worker.ExitAsync(0);
    }

    [Fact]
    public async Task A_standby_with_another_folder_or_another_job_is_refused()
    {
        var primary = Start("coordinator", _folder.Write("job.yaml", TestJobs.Long), "--listen", "127.0.0.1:0", "--checkpoints", _folder["checkpoints"]);
        var address = Address(await primary.LineAsync(@"^listening on (\S+);"));

        var elsewhere = StandBy(address, "job.yaml", "elsewhere");
        await elsewhere.ExitAsync(2);
        Assert.Contains("--checkpoints must be the folder that the coordinator writes to", elsewhere.Errors, StringComparison.Ordinal);

        _folder.Write("other.yaml", TestJobs.Tiny);
        var other = StandBy(address, "other.yaml", "other");
        await other.ExitAsync(2);
        Assert.Contains("reads the job differently", other.Errors, StringComparison.Ordinal);
    }

    /// <summary>A second coordinator that goes on from the checkpoints of one that runs takes its place; one that is to begin there is told
    /// of it. The first has lost its worker and waits for another: it cannot be done before the second is there.</summary>
    [Fact]
    public async Task A_run_that_is_resumed_elsewhere_deposes_the_one_that_runs()
    {
        string[] run = [_folder.Write("job.yaml", TestJobs.Long), "--checkpoints", _folder["checkpoints"], "--checkpoint-every", "20"];
        string[] train = ["train", .. run, "--workers", "1"];
        var first = Start(["coordinator", .. run, "--listen", "127.0.0.1:0"]);
        var worker = Worker(Address(await first.LineAsync(@"^listening on (\S+);")));
        await CheckpointFiles.AfterAsync(_folder["checkpoints"], 0);
        worker.Kill();

        var beginner = await Start(train).ExitAsync(2);
        Assert.Matches($@"checkpoints holds checkpoints already, the latest of step \d+, and \S+/{first.Id} leads the run now \(term 1\): ", beginner.Errors);
        var second = Start([.. train, "--resume"]);

        await first.ExitAsync(1);
        Assert.Contains("has claimed term 2 of this run", first.Errors, StringComparison.Ordinal);
        await second.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), second.Fingerprint);
    }

    private async Task<(Tool Primary, Tool Standby, Tool[] Workers)> BeginAsync()
    {
        var primary = Start("coordinator", _folder.Write("job.yaml", TestJobs.Long), "--listen", "127.0.0.1:0", "--workers", "2",
            "--checkpoints", _folder["checkpoints"], "--checkpoint-every", "20");
        var first = Address(await primary.LineAsync(@"^listening on (\S+);"));
        var standby = StandBy(first, "job.yaml", "checkpoints", "--checkpoint-every", "20");
        var second = Address(await standby.LineAsync(@"^listening on (\S+) as a standby;"));
        await standby.LineAsync(@"^standing by: coordinator@\S+ leads the run \(term 1\)$");
        Tool[] workers = [Worker($"{first},{second}"), Worker($"{first},{second}")];
        return (primary, standby, workers);
    }

    private Tool StandBy(string address, string job, string checkpoints, params string[] more) => Start(["coordinator", _folder[job],
        "--listen", "127.0.0.1:0", "--checkpoints", _folder[checkpoints], "--standby", address, "--takeover-after", "2", .. more]);

    private static string Address(Match listening) => listening.Groups[1].Value;

    private Tool Worker(string coordinators) => Keep(Tool.Worker("--coordinator", coordinators));

    /// <summary>All keep their runs in one place, as on one machine.</summary>
    private Tool Start(params string[] arguments) => Keep(Tool.Coordinator(new Dictionary<string, string> { [Tool.RunsVariable] = _folder["runs"] }, arguments));

    private Tool Keep(Tool tool)
    {
        _tools.Add(tool);
        return tool;
    }
}
