using System.Diagnostics;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Tests.Runs;

namespace Distributed.Coordinator.Tests.Cli.Processes;

/// <summary>How the ends of worker processes are told. A shell stands for the worker.</summary>
public class WorkerProcessesTests
{
    [Theory]
    [InlineData("echo 'Unhandled exception. X: no luck.' >&2; echo '   at Main()' >&2; echo >&2; kill -6 $$", @"was ended by signal 6: Unhandled exception\. X: no luck$")]
    [InlineData("kill -9 $$", "was ended by signal 9$")]
    [InlineData("echo 'the worker failed: no luck' >&2; exit 1", "ended with exit code 1: the worker failed: no luck$")]
    [InlineData("echo 'wanted a job, came none' >&2; exit 2", "cannot take part: wanted a job, came none$")]
    public async Task A_worker_that_dies_says_of_what(string script, string expected)
    {
        var gone = await EndAsync(script, count: 1, restarts: 0);
        Assert.Matches(@"^worker process \d+ " + expected, gone.Reason);
        Assert.Equal((0, gone.Reason), (gone.Left, gone.Cause));
    }

    [Fact]
    public async Task The_first_one_that_ended_is_the_cause()
    {
        using var folder = new TempFolder();
        var mark = Path.Combine(folder.Path, "mark");
        var gone = await EndAsync($"if mkdir {mark}; then echo 'the first' >&2; else echo 'a later one' >&2; fi; exit 1", count: 1, restarts: 2);
        Assert.Matches(@"^worker process \d+ ended with exit code 1: the first; 2 more ended (right|in the \d+ s) after it$", gone.Cause);
        Assert.Contains("a later one", gone.Reason, StringComparison.Ordinal);
    }

    private static async Task<LostWorker> EndAsync(string script, int count, int restarts)
    {
        var lost = new TaskCompletionSource<LostWorker>();
        await using var workers = new WorkerProcesses(count, restarts, () => new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", script } }, [], "secret", new Notes(), null,
            lost.SetResult, TimeProvider.System);
        return await lost.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }
}
