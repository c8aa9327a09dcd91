using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>A file system that fills up under a run.</summary>
public sealed class FullDiskTests
{
    /// <summary>The run goes on to its answer, and the last checkpoint that fitted is whole: a run from it reaches the same
    /// answer.</summary>
    [SkippableFact]
    public async Task A_full_disk_is_reported_and_the_run_goes_on()
    {
        using var disk = SmallDisk.Mount(kilobytes: 24);
        using var folder = new Folder();
        string[] train = ["train", folder.Write("job.yaml", TestJobs.Long), "--in-process", "--workers", "2",
            "--checkpoints", Path.Combine(disk.Path, "checkpoints"), "--checkpoint-every", "20"];

        using var run = await Tool.Coordinator([.. train, "--keep", "1000"]).ExitAsync(0);

        Assert.Matches("no checkpoint could be written, the run goes on: .*No space left on device", run.Output);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
        var steps = CheckpointFiles.Steps(Path.Combine(disk.Path, "checkpoints"));
        Assert.InRange(steps[^1], 1, TestJobs.LongSteps - 1);
        Assert.Empty(Directory.GetFiles(Path.Combine(disk.Path, "checkpoints"), "*.tmp"));
        File.Delete(CheckpointFiles.PathOf(Path.Combine(disk.Path, "checkpoints"), steps[0])); // room for a new term's file

        using var resumed = await Tool.Coordinator([.. train, "--keep", "1", "--resume"]).ExitAsync(0);

        await resumed.LineAsync($"^going on from .*: step {steps[^1]} of 2000$");
        Assert.Equal(Answer.Of(TestJobs.Long), resumed.Fingerprint);
    }
}
