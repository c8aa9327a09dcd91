using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>Work on a thread of its own. Turns on that thread while it is idle; else, where there are as many such threads as processors, on the
/// one that calls for the turn, and with processors to spare on the thread pool.</summary>
internal sealed class ThreadPoolRunner : ICellRunner
{
    private int _workThreads;

    /// <summary>Another thread would only take a processor from these.</summary>
    public bool IsCrowded => Volatile.Read(ref _workThreads) >= Environment.ProcessorCount;

    public void Schedule(ActorCell cell)
    {
        if (cell.Work is WorkThread thread && thread.TryTurn())
        {
            return;
        }

        if (WorkThread.Current?.TryTurnAfter(cell) != true)
        {
            ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
        }
    }

    public IWorkQueue CreateWorkQueue(ActorCell cell)
    {
        Interlocked.Increment(ref _workThreads);
        return new WorkThread(cell, this);
    }

    public void OnThreadEnds() => Interlocked.Decrement(ref _workThreads);
}
