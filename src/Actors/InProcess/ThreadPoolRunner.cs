using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>Turns on the thread pool, work on a thread of its own.</summary>
internal sealed class ThreadPoolRunner : ICellRunner
{
    public void Schedule(ActorCell cell) => ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkThread(cell);
}
