using System.ComponentModel;
using System.Diagnostics;
using Distributed.Actors;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Cli.Processes;

/// <summary>The worker processes of this machine: started, started anew when they die, and gone when the run is.</summary>
/// <remarks>Each gets a pipe as its standard input and ends when that closes, so that none outlives this process, however it ends.</remarks>
internal sealed class WorkerProcesses : IAsyncDisposable
{
    private readonly WorkerSlot[] _slots;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _watching;
    private readonly Task[] _running;

    /// <param name="program">What is started.</param>
    /// <param name="arguments">Of each worker, behind the program's own.</param>
    /// <param name="secret">What they prove when they join; it goes to them through their environment, which only this user can read.</param>
    /// <exception cref="HostException">They cannot be started.</exception>
    /// <param name="logs">Take what they log; null: it is for the terminal.</param>
    /// <param name="lost">Told, from any thread, of each that ended and will not be started anew.</param>
    public WorkerProcesses(int count, int restarts, Func<ProcessStartInfo> program, IReadOnlyList<string> arguments, string secret, Notes notes,
        RunLogs? logs, Action<LostWorker> lost, TimeProvider time)
    {
        var ends = new WorkerEnds(count, lost, time);
        _slots = [.. Enumerable.Range(0, count).Select(i => new WorkerSlot(i + 1, program, arguments, secret, restarts, notes, logs, ends, time, _ending.Token))];
        try
        {
            _running = [.. _slots.Select(slot => slot.Start())];
        }
        catch (Exception problem) when (problem is Win32Exception or FileNotFoundException)
        {
            foreach (var slot in _slots) slot.Kill();
            throw new HostException($"a worker process cannot be started: {problem.Message}", problem);
        }
        _watching = WatchMemoryAsync(time);
    }

    /// <summary>Sum of the workers' peaks: of each the largest among those that took its place in turn.</summary>
    public long PeakMemoryBytes => _slots.Sum(slot => slot.PeakMemoryBytes);

    /// <summary>The run has ended: nothing is started anew, and workers have some time to end by themselves.</summary>
    public async Task EndAsync(TimeProvider time)
    {
        foreach (var slot in _slots) slot.Sample();
        await _ending.CancelAsync().ConfigureAwait(false);
        var patience = Task.Delay(ProcessLimits.ExitPatience, time);
        await Task.WhenAny(Task.WhenAll(_running), patience).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        foreach (var slot in _slots) slot.Kill();
        await Task.WhenAll(_running).ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task WatchMemoryAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(ProcessLimits.MemoryInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
                foreach (var slot in _slots) slot.Sample();
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }
}
