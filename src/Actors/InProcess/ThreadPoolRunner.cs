using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>Work on a thread of its own, and turns where no thread need be woken for them.</summary>
/// <remarks>A turn runs on
/// <code>
/// the actor's own thread of work                          while that is idle
/// another thread of computing work that is idle           where there are just as many of them as processors: nobody else wants its processor
/// the thread of work whose turn called for it, after it   where there are at least so many: another would take a processor from work
/// the thread pool                                         else
/// </code>
/// Threads count as computing once they have run work that holds chunks: a thread that writes a file now and then is none.</remarks>
internal sealed class ThreadPoolRunner : ICellRunner
{
    private readonly Lock _gate = new();

    // Replaced, never changed.
    private volatile WorkThread[] _computing = [];

    /// <summary>Another thread would only take a processor from those that compute.</summary>
    public bool IsCrowded => _computing.Length >= Environment.ProcessorCount;

    /// <summary>Each processor is one computing thread's: while it has nothing to do, nor has the processor.</summary>
    public bool IsOneEach => _computing.Length == Environment.ProcessorCount;

    public void Schedule(ActorCell cell)
    {
        if (cell.Work is WorkThread own && (own.Computes || !IsCrowded) && own.TryTurn(cell))
        {
            return;
        }

        if (!TryIdle(cell) && WorkThread.Current?.TryTurnAfter(cell) != true)
        {
            ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
        }
    }

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkThread(cell, this);

    public void OnThreadComputes(WorkThread thread)
    {
        lock (_gate)
        {
            _computing = [.. _computing, thread];
        }
    }

    public void OnThreadEnds(WorkThread thread)
    {
        lock (_gate)
        {
            _computing = [.. _computing.Where(one => one != thread)];
        }
    }

    private bool TryIdle(ActorCell cell)
    {
        if (!IsOneEach)
        {
            return false;
        }

        foreach (var thread in _computing)
        {
            if (thread.TryTurn(cell))
            {
                return true;
            }
        }

        return false;
    }
}
