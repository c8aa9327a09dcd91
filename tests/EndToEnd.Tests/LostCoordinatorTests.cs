using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Runs that end early and go on from a checkpoint.</summary>
public sealed class LostCoordinatorTests
{
    [Fact]
    public async Task A_killed_run_goes_on_in_mid_epoch_with_another_number_of_workers()
    {
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Long), "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20"];
        using var killed = Tool.Coordinator([.. train, "--workers", "2"]);
        await killed.LineAsync(@"joined; 2 workers now$");
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);
        int[] workers = [.. killed.Matches(LostWorkersTests.Joined).Select(LostWorkersTests.Pid)];
        Assert.Equal(2, workers.Length);

        killed.Kill();
        await Patience.UntilAsync(() => !workers.Any(Signals.IsRunning), $"the end of workers {string.Join(", ", workers)}");
        using var resumed = Tool.Coordinator([.. train, "--workers", "3", "--resume"]);

        var step = long.Parse((await resumed.LineAsync(@"^going on from .*: step (\d+) of 2000$")).Groups[1].Value);
        Assert.InRange(step, 1, TestJobs.LongSteps - 1);
        await resumed.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), resumed.Fingerprint);
    }

    [SkippableFact]
    public async Task A_run_that_is_interrupted_keeps_its_last_step()
    {
        Skip.If(OperatingSystem.IsWindows(), "a process cannot send Ctrl-C to another console");
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Long), "--checkpoints", folder["checkpoints"]];
        using var interrupted = Tool.Coordinator([.. train, "--workers", "2", "--checkpoint-every", "20", "--report", folder["report.json"]]);
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        interrupted.Interrupt();

        await interrupted.ExitAsync(0);
        var stopped = (await interrupted.LineAsync(@"^stopped at step (\d+): ")).Groups[1].Value;
        Assert.Contains("--resume", interrupted.Output, StringComparison.Ordinal);
        Assert.Contains("\"result\": \"stopped\"", File.ReadAllText(folder["report.json"]), StringComparison.Ordinal);
        using var resumed = Tool.Coordinator([.. train, "--in-process", "--workers", "1", "--resume"]);
        await resumed.ExitAsync(0);
        await resumed.LineAsync($"^going on from .*: step {stopped} of 2000$");
        Assert.Equal(Answer.Of(TestJobs.Long), resumed.Fingerprint);
    }

    /// <summary>Else a cluster manager that moves the coordinator elsewhere would take the run for done.</summary>
    [SkippableFact]
    public async Task A_run_that_is_terminated_tells_that_it_is_not_done()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Long), "--checkpoints", folder["checkpoints"], "--resume-if-any"];
        using var terminated = Tool.Coordinator([.. train, "--workers", "2", "--checkpoint-every", "20"]);
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        Signals.Terminate(terminated.Id);

        await terminated.ExitAsync(143);
        var stopped = (await terminated.LineAsync(@"^stopped at step (\d+): asked to terminate")).Groups[1].Value;
        using var again = await Tool.Coordinator([.. train, "--in-process"]).ExitAsync(0);
        await again.LineAsync($"^going on from .*: step {stopped} of 2000$");
        Assert.Equal(Answer.Of(TestJobs.Long), again.Fingerprint);
    }

    [Fact]
    public async Task A_torn_checkpoint_is_skipped_for_the_one_before()
    {
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--checkpoints", folder["checkpoints"]];
        using var whole = await Tool.Coordinator(train).ExitAsync(0);
        var steps = CheckpointFiles.Steps(folder["checkpoints"]);
        var (before, last) = (steps[^2], steps[^1]);
        var path = CheckpointFiles.PathOf(folder["checkpoints"], last);
        using (var file = File.OpenWrite(path)) file.SetLength(file.Length - 100);

        using var resumed = await Tool.Coordinator([.. train, "--resume"]).ExitAsync(0);

        await resumed.LineAsync($"^skipped a checkpoint: .*{Path.GetFileName(path)}");
        await resumed.LineAsync($"^going on from .*: step {before} of {last}$");
        Assert.Equal(Answer.Of(TestJobs.Tiny), resumed.Fingerprint);
    }

    [Fact]
    public async Task One_command_is_for_the_first_start_and_every_restart()
    {
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Tiny), "--in-process", "--checkpoints", folder["checkpoints"], "--resume-if-any"];

        using var first = await Tool.Coordinator(train).ExitAsync(0);
        using var again = await Tool.Coordinator(train).ExitAsync(0);

        Assert.DoesNotContain("going on from", first.Output, StringComparison.Ordinal);
        Assert.Contains("going on from", again.Output, StringComparison.Ordinal);
        Assert.Equal(Answer.Of(TestJobs.Tiny), first.Fingerprint);
        Assert.Equal(Answer.Of(TestJobs.Tiny), again.Fingerprint);
    }
}
