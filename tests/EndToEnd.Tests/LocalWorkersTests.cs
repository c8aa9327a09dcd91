using System.Globalization;
using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using Distributed.Worker.Cli;

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

    [SkippableFact]
    public async Task As_many_as_there_are_processors_stay_on_one_each()
    {
        var processors = Processors.Allowed();
        Skip.If(processors.Count is < 2 or > 8, $"there are {processors.Count} processors: 2 to 8 are wanted");
        using var folder = new Folder();
        using var run = Tool.Coordinator("train", folder.Write("job.yaml", TestJobs.Long), "--workers", $"{processors.Count}", "--verbose",
            "--checkpoints", folder["checkpoints"], "--checkpoint-every", "20");
        await CheckpointFiles.AfterAsync(folder["checkpoints"], 0);

        var stays = run.Matches(@"^worker process (\d+): debug: Distributed.Worker: stays on processor (\d+)$");
        Assert.Equal(processors, stays.Select(stay => Number(stay, 2)).Order());
        foreach (Match stay in stays)
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{Number(stay, 1)}/task"))
                if (AllowedOf(thread) is { } allowed) Assert.Equal($"Cpus_allowed_list:\t{Number(stay, 2)}", allowed);

        await run.ExitAsync(0);
        Assert.Equal(Answer.Of(TestJobs.Long), run.Fingerprint);
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <returns>Null: the thread has ended.</returns>
    private static string? AllowedOf(string thread)
    {
        try
        {
            return File.ReadLines($"{thread}/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
