using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Workers that are killed in mid-epoch. The job has one epoch, so its checkpoints tell of nothing else.</summary>
public sealed class LostWorkersTests
{
    [Fact]
    public async Task The_answer_stays_when_workers_are_killed_and_others_come()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Long), "--listen", "127.0.0.1:0",
            "--workers", "2", "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        var address = (await run.LineAsync(@"^listening on (\S+);")).Groups[1].Value;
        using var first = Tool.Worker("--coordinator", address);
        using var second = Tool.Coordinator("worker", "--coordinator", address);
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        first.Kill();
        await run.LineAsync($@"^worker \d+ \(\S+/{first.Id}\) lost: .*the answer stays the same$");
        // It goes on with the other one alone, then waits for a third.
        await CheckpointFiles.AfterAsync(folder["checkpoints"], CheckpointFiles.LatestStep(folder["checkpoints"]));

        second.Kill();
        await run.LineAsync($@"^worker \d+ \(\S+/{second.Id}\) lost: .*no worker is left");
        using var third = Tool.Worker("--coordinator", address);
        await run.LineAsync($@"^worker \d+ \(\S+/{third.Id}\) joined");

        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
        await third.ExitAsync(0);
    }

    [Fact]
    public async Task A_local_worker_that_dies_is_started_anew()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Long), "--workers", "1",
            "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        var worker = Pid(await run.LineAsync(Joined));
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        Signals.Kill(worker);

        await run.LineAsync($@"^worker process {worker} was ended by signal 9; a new one starts \(1 of 3\)$");
        await run.ExitAsync(0);
        Assert.Equal(2, run.Matches(Joined).Count);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
    }

    [Fact]
    public async Task The_run_fails_when_no_worker_is_left_to_start_anew()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Long), "--workers", "1", "--restarts", "1",
            "--set", "epochs=100000", "--report", folder["report.json"], "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        var worker = Pid(await run.LineAsync(Joined));
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        Signals.Kill(worker);
        await run.LineAsync("; a new one starts");
        var second = Pid(await run.LineAsync($@"^worker \d+ \(\S+/(?!{worker}\))(\d+)\) joined"));
        Signals.Kill(second);

        await run.ExitAsync(1);
        Assert.Matches($@"(?m)^The run failed: worker process {worker} was ended by signal 9; 1 more ended .* after it\. No worker is left$", run.Errors);
        Assert.Contains("\"result\": \"failed\"", File.ReadAllText(folder["report.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_with_fewer_workers_than_its_least_waits_for_another()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("coordinator", folder.Write("job.yaml", TestJobs.Long), "--listen", "127.0.0.1:0",
            "--workers", "2:2", "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        var address = (await run.LineAsync(@"^listening on (\S+); 2 workers wanted")).Groups[1].Value;
        using var first = Tool.Worker("--coordinator", address);
        using var second = Tool.Worker("--coordinator", address);
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        first.Kill();
        await run.LineAsync("^waiting for workers: 1 of 2 are here$");
        using var third = Tool.Worker("--coordinator", address);

        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
        await third.ExitAsync(0);
    }

    internal const string Joined = @"^worker \d+ \(\S+/(\d+)\) joined";

    internal static int Pid(Match joined) => int.Parse(joined.Groups[1].Value);
}
