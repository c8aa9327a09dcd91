using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>Work on a thread of its own; turns on that thread while it is idle, else on the thread pool.</summary>
internal sealed class ThreadPoolRunner : ICellRunner
{
    public void Schedule(ActorCell cell)
    {
        if (cell.Work is not WorkThread thread || !thread.TryTurn())
        {
            ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);
        }
    }

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkThread(cell);
}
