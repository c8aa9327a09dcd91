using System.Diagnostics;
using Distributed.Actors.Cells;

namespace Distributed.Actors.InProcess;

/// <summary>One background thread for the work of one actor, so that a long backward pass holds up nobody else's messages.</summary>
/// <remarks>While it has no work it takes the actor's turns too (<see cref="TryTurn"/>), and what its work posts is handled on it at once where
/// the actor is idle: so between a message that brings work, the work, and the message that it ends with, no thread waits for another.
/// <para>Turns of other actors come to it as <see cref="ThreadPoolRunner"/> says: while it is idle, or after a turn that called for them
/// (<see cref="TryTurnAfter"/>).</para>
/// <para>Invariant: a turn that was taken is run, even if the queue is closed meanwhile.</para></remarks>
internal sealed class WorkThread : IWorkQueue
{
    [ThreadStatic]
    private static WorkThread? s_current;

    private readonly object _gate = new();
    private readonly Queue<WorkItem> _queue = new();
    private readonly ActorCell _cell;
    private readonly ThreadPoolRunner _runner;
    private readonly Action<Envelope> _deliver;
    private ActorCell? _turn; // taken
    private bool _isClosed;

    // Something came since the thread last looked; read without the gate while it spins.
    private volatile bool _isWanted;

    // Written under the gate, read without it to pass by those that have something to do.
    private volatile bool _isIdle;

    private volatile bool _holdsChunks;
    private volatile bool _computes;

    // Touched on the thread only.
    private bool _inWork;
    private readonly Queue<ActorCell> _after = new();
    private int _taken;
    private TimeSpan _awake = HostLimits.AwakeAfterWork;

    public WorkThread(ActorCell cell, ThreadPoolRunner runner)
    {
        (_cell, _runner) = (cell, runner);
        _deliver = Deliver;
#pragma warning disable RS0030 // The host is what runs IActorContext.Run: here is its thread.
        new Thread(Loop) { IsBackground = true, Name = $"work of {cell.Name}" }.Start();
#pragma warning restore RS0030
    }

    /// <summary>That of the calling thread; null: it is none.</summary>
    public static WorkThread? Current => s_current;

    public bool HoldsChunks => _holdsChunks;

    /// <summary>Whether it has run work that holds chunks.</summary>
    public bool Computes => _computes;

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

    /// <summary>Takes the next turn of an actor, its own or another, if there is nothing else to do.</summary>
    public bool TryTurn(ActorCell cell)
    {
        if (!_isIdle)
        {
            return false;
        }

        lock (_gate)
        {
            if (!_isIdle || _isClosed)
            {
                return false;
            }

            (_isIdle, _turn) = (false, cell);
            Wake();
            return true;
        }
    }

    /// <summary>Takes a turn of any actor, to be run by this thread, which must be the calling one, when it is through with the turn that it is in; or
    /// by whoever comes first (<see cref="ThreadPoolRunner.Leave"/>), where that turn is one for what its work posted.</summary>
    /// <returns>False: it is in no turn but in work, processors are free, or it has taken enough.</returns>
    public bool TryTurnAfter(ActorCell cell)
    {
        if (!ActorCell.IsThreadInTurn)
        {
            return false;
        }

        if (_inWork && _runner.IsOneEach)
        {
            _runner.Leave(cell);
            return true;
        }

        if (!_runner.IsCrowded || _taken == HostLimits.TurnsAfterTurn)
        {
            return false;
        }

        _taken++;
        _after.Enqueue(cell);
        return true;
    }

    private void Deliver(Envelope envelope)
    {
        if (_runner.IsOneEach)
        {
            _runner.RunLeft();
        }

        _cell.EnqueueAndTurn(envelope);
        EndTurns();
    }

    /// <summary>Runs the turns that were taken meanwhile.</summary>
    private void EndTurns()
    {
        while (_after.TryDequeue(out var cell))
        {
            cell.Turn(HostLimits.MessagesPerTurn);
        }

        _taken = 0;
    }

    private void Wake()
    {
        _isWanted = true;
        Monitor.Pulse(_gate);
    }

    private void Loop()
    {
        s_current = this;
        while (Next(out var work, out var turn))
        {
            if (turn is not null)
            {
                turn.Turn(HostLimits.MessagesPerTurn);
            }
            else
            {
                Run(work);
            }

            EndTurns();
        }

        _runner.OnThreadEnds(this);
    }

    private void Run(in WorkItem item)
    {
        _holdsChunks = item.Work.HoldsChunks;
        if (_holdsChunks && !_computes)
        {
            _computes = true;
            _runner.OnThreadComputes(this);
        }

        _inWork = true;
        _cell.Execute(item, _deliver);
        (_inWork, _holdsChunks) = (false, false);
        _cell.TurnIfPromised();
        _runner.RunLeft();
    }

    /// <param name="turn">Null: work.</param>
    /// <returns>False: closed, and nothing is left to do.</returns>
    private bool Next(out WorkItem work, out ActorCell? turn)
    {
        lock (_gate)
        {
            if (TryTake(out work, out turn))
            {
                return true;
            }

            if (_isClosed)
            {
                return false;
            }

            (_isIdle, _isWanted) = (true, false);
        }

#pragma warning disable RS0030 // What is measured is this thread's own sleep: no actor sees it.
        var since = Stopwatch.GetTimestamp();
#pragma warning restore RS0030
        StayAwake(since);
        lock (_gate)
        {
            while (!TryTake(out work, out turn))
            {
                if (_isClosed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _isIdle = false;
        }

        // Where it was in vain it is done for half as long: many threads that share a processor hold each other up. What comes soon brings it back.
        _awake = Stopwatch.GetElapsedTime(since) < HostLimits.AwakeAfterWork ? HostLimits.AwakeAfterWork : _awake / 2;
        return true;
    }

    private bool TryTake(out WorkItem work, out ActorCell? turn)
    {
        (work, turn) = (default, _turn);
        _turn = null;
        return turn is not null || _queue.TryDequeue(out work) || (_computes && _runner.TryTakeLeft(out turn));
    }

    /// <summary>What comes next mostly comes soon, and who sleeps wakes late: so a thread that computes looks out for a while, and gives its
    /// processor to whoever wants it between two looks. (Where the machine is a virtual one, its processor would sleep too, and others
    /// would have that by the time it is wanted.)</summary>
    /// <param name="since">When it began to be idle.</param>
    private void StayAwake(long since)
    {
        while (_computes && !_isWanted && Stopwatch.GetElapsedTime(since) < _awake)
        {
#pragma warning disable RS0030 // as above
            Thread.SpinWait(HostLimits.SpinsBetweenLooks);
            Thread.Yield();
#pragma warning restore RS0030
        }
    }
}
