using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>One background thread for the work of one actor, so that a long backward pass holds up nobody else's messages.</summary>
internal sealed class WorkThread : IWorkQueue
{
    private readonly object _gate = new();
    private readonly Queue<WorkItem> _queue = new();
    private readonly ActorCell _cell;
    private bool _closed;

    public WorkThread(ActorCell cell)
    {
        _cell = cell;
#pragma warning disable RS0030 // The host is what runs IActorContext.Run: here is its thread.
        new Thread(Loop) { IsBackground = true, Name = $"work of {cell.Name}" }.Start();
#pragma warning restore RS0030
    }

    public void Add(WorkItem item)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _queue.Enqueue(item);
                Monitor.Pulse(_gate);
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _queue.Clear();
            Monitor.Pulse(_gate);
        }
    }

    private void Loop()
    {
        while (true)
        {
            WorkItem? item;
            lock (_gate)
            {
                while (!_queue.TryDequeue(out item))
                {
                    if (_closed)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }
            }

            _cell.Execute(item, envelope => _cell.Enqueue(envelope));
        }
    }
}
