using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>One background thread for the work of one actor, so that a long backward pass holds up nobody else's messages.</summary>
/// <remarks>While it has no work it takes the actor's turns too (<see cref="TryTurn"/>), and what its work posts is handled on it at once where
/// the actor is idle: so between a message that brings work, the work, and the message that it ends with, no thread waits for another.
/// <para>Invariant: a turn that was taken is run, even if the queue is closed meanwhile.</para></remarks>
internal sealed class WorkThread : IWorkQueue
{
    private readonly object _gate = new();
    private readonly Queue<WorkItem> _queue = new();
    private readonly ActorCell _cell;
    private readonly Action<Envelope> _deliver;
    private bool _isIdle;
    private bool _hasTurn;
    private bool _isClosed;

    // Something came since the thread last looked; read without the gate while it spins.
    private volatile bool _isWanted;

    public WorkThread(ActorCell cell)
    {
        _cell = cell;
        _deliver = envelope => _cell.EnqueueAndTurn(envelope);
#pragma warning disable RS0030 // The host is what runs IActorContext.Run: here is its thread.
        new Thread(Loop) { IsBackground = true, Name = $"work of {cell.Name}" }.Start();
#pragma warning restore RS0030
    }

    public void Add(WorkItem item)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _queue.Enqueue(item);
                Wake();
            }
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _queue.Clear();
            Wake();
        }
    }

    /// <summary>Takes the actor's next turn if there is nothing else to do.</summary>
    public bool TryTurn()
    {
        lock (_gate)
        {
            if (!_isIdle || _isClosed)
            {
                return false;
            }

            (_isIdle, _hasTurn) = (false, true);
            Wake();
            return true;
        }
    }

    private void Wake()
    {
        _isWanted = true;
        Monitor.Pulse(_gate);
    }

    private void Loop()
    {
        while (Next(out var item))
        {
            if (item is { } work)
            {
                _cell.Execute(work, _deliver);
            }
            else
            {
                _cell.Turn(HostLimits.MessagesPerTurn);
            }
        }
    }

    /// <param name="item">Null: a turn.</param>
    /// <returns>False: closed, and nothing is left to do.</returns>
    private bool Next(out WorkItem? item)
    {
        lock (_gate)
        {
            if (TryTake(out item))
            {
                return true;
            }

            if (_isClosed)
            {
                return false;
            }

            (_isIdle, _isWanted) = (true, false);
        }

        Spin();
        lock (_gate)
        {
            while (!TryTake(out item))
            {
                if (_isClosed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _isIdle = false;
            return true;
        }
    }

    private bool TryTake(out WorkItem? item)
    {
        item = null;
        if (_hasTurn)
        {
            _hasTurn = false;
            return true;
        }

        if (!_queue.TryDequeue(out var work))
        {
            return false;
        }

        item = work;
        return true;
    }

    /// <summary>A thread that sleeps wakes late; what comes next mostly comes soon.</summary>
    private void Spin()
    {
        for (var looks = HostLimits.LooksBeforeSleep; looks > 0 && !_isWanted; looks--)
        {
#pragma warning disable RS0030 // as above
            Thread.SpinWait(HostLimits.SpinsBetweenLooks);
#pragma warning restore RS0030
        }
    }
}
