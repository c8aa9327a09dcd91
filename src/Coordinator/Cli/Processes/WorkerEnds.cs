namespace Distributed.Coordinator.Cli.Processes;

/// <summary>A worker of this machine ended for good.</summary>
/// <param name="Left">Those that are still there, or started anew.</param>
/// <param name="Reason">How it ended: a sentence without its period.</param>
/// <param name="Cause">How the first of all ended, and how many followed: what the others died of may be its death.</param>
internal sealed record LostWorker(int Left, string Reason, string Cause);

/// <summary>Remembers the first worker of this machine that ended as it should not: where a run cannot go on, that one says why.</summary>
/// <param name="workers">Those that are started.</param>
/// <param name="lost">Told, from any thread, of each that will not be started anew.</param>
internal sealed class WorkerEnds(int workers, Action<LostWorker> lost, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _left = workers;
    private int _ends;
    private string _first = "";
    private long _firstAt;

    /// <summary>A worker ended as it should not; another may take its place.</summary>
    public void Add(string reason)
    {
        lock (_lock)
            if (_ends++ == 0) (_first, _firstAt) = (reason, time.GetTimestamp());
    }

    /// <summary>The worker that was added last will not be started anew.</summary>
    public void GiveUp(string reason)
    {
        LostWorker gone;
        lock (_lock)
        {
            var age = time.GetElapsedTime(_firstAt).TotalSeconds;
            var cause = _ends == 1 ? reason : $"{_first}; {_ends - 1} more ended {(age < 1 ? "right" : $"in the {age:0} s")} after it";
            gone = new LostWorker(--_left, reason, cause);
        }
        lost(gone);
    }
}
