using System.Globalization;
using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>What worker processes of a run's own get from it that others do not.</summary>
public sealed class LocalWorkersTests
{
    private const string Borrowed = "debug: Distributed.Worker: the data is borrowed";

    [SkippableFact]
    public async Task They_borrow_its_data_and_one_that_is_started_anew_does_too()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "memory is lent as a file on Linux alone");
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Long), "--workers", "1", "--verbose",
            "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        var worker = int.Parse((await run.LineAsync($@"^worker process (\d+): {Borrowed}")).Groups[1].Value, CultureInfo.InvariantCulture);
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        Signals.Kill(worker);

        await run.ExitAsync(0);
        Assert.Equal(2, run.Matches(Borrowed).Count);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
    }

    [Fact]
    public async Task Without_shared_memory_they_read_the_data_themselves()
    {
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Wide), "--workers", "2", "--verbose", "--no-shared-memory");

        await run.ExitAsync(0);

        Assert.Empty(run.Matches(Borrowed));
        Assert.Equal(Answer.Of(TestJobs.Wide), run.Fingerprint);
    }
}
