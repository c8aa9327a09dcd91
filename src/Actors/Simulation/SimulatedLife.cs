using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;

namespace Distributed.Actors.Simulated;

/// <summary>Whether a node does anything.</summary>
internal enum Standing
{
    No,

    /// <summary>Its actors stand still; its connections are kept up.</summary>
    Hanging,

    /// <summary>All of it stands still.</summary>
    Frozen,
}

/// <summary>A node from a start to its end. Nothing that belongs to an ended life happens any more.</summary>
internal sealed class SimulatedLife : TimeProvider, ICellRunner
{
    private readonly Dictionary<SimulatorHost, Link> _links = [];
    private readonly List<Timer> _timers = [];
    private readonly Queue<Action> _deferred = new();
    private TimeSpan _clockAhead;
    private TimeSpan? _workTakes;
    private bool _workBegan;

    public SimulatedLife(SimulatorHost host, int number)
    {
        (Host, Number) = (host, number);
        Node = new ActorNode(this, this, host.Simulation.Logs);
        Unknown = new RateLimitedLog(host.Log, this);
    }

    public SimulatorHost Host { get; }

    /// <summary>From 1, one more for each restart.</summary>
    public int Number { get; }

    public ActorNode Node { get; }

    public RateLimitedLog Unknown { get; }

    public bool IsAlive { get; private set; } = true;

    public Standing Standing { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private Simulation Simulation => Host.Simulation;

    public void End()
    {
        IsAlive = false;
        _deferred.Clear();
        Node.Abandon($"{Host.Name} was killed.");
    }

    public void Stand(Standing standing)
    {
        Standing = standing;
        while (standing == Standing.No && _deferred.TryDequeue(out var action))
        {
            At(Simulation.Now, action);
        }
    }

    /// <summary>Has something of this life happen, if it still lasts then; if it stands still then, when it goes on.</summary>
    public Simulation.Event At(TimeSpan time, Action action) => Simulation.At(time, () => Happen(action));

    /// <summary>One message a turn, so that the actors of equal time take turns.</summary>
    public void Schedule(ActorCell cell) => At(Simulation.Now, () => Turn(cell));

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkQueue(this, cell);

    public override long GetTimestamp() => (Simulation.Now + _clockAhead).Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Simulation.Now + _clockAhead;

    public TimeSpan ReadClock()
    {
        var within = _workBegan ? _workTakes ?? TimeSpan.Zero : TimeSpan.Zero;
        _workBegan = _workTakes is not null;
        return Node.Now + within;
    }

    /// <summary>Timers keep their time on this node's clock.</summary>
    public void JumpClock(TimeSpan by)
    {
        _clockAhead += by;
        foreach (var timer in _timers.ToArray())
        {
            timer.Bring(by);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public ILink LinkTo(SimulatorHost target)
    {
        if (!_links.TryGetValue(target, out var link))
        {
            _links[target] = link = new Link(this, target);
        }

        return link;
    }

    private void Turn(ActorCell cell)
    {
        Simulation.TurnBegins?.Invoke(Host);
        cell.Turn(messages: 1);
        Simulation.TurnEnded?.Invoke(Host);
    }

    private void Happen(Action action)
    {
        if (!IsAlive)
        {
            return;
        }

        if (Standing != Standing.No)
        {
            _deferred.Enqueue(action);
            return;
        }

        action();
    }

    /// <summary>Makes a connection when one is needed and there is none.</summary>
    private sealed class Link(SimulatedLife life, SimulatorHost target) : ILink
    {
        private SimulatedSide? _side;
        private TimeSpan _endSeen;

        public string Target => target.Name;

        public ActorTraffic? Traffic
        {
            get
            {
                if (_side is { IsOpen: false })
                {
                    _side = null;
                    _endSeen = life.Simulation.Now;
                }

                if (_side is null && (_endSeen == TimeSpan.Zero || life.Simulation.Now >= _endSeen + life.Simulation.RedialDelay))
                {
                    _side = life.Simulation.Dial(life, target);
                }

                return _side?.Traffic;
            }
        }

        public void Drop(string path, object message) =>
            life.Node.DeadLetters.Drop(path, message, $"there is no connection to {target.Name}");
    }

    private sealed class Timer(SimulatedLife life, TimerCallback callback, object? state) : ITimer
    {
        private Simulation.Event? _next;
        private TimeSpan _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                (_period, _due) = (period, life.Simulation.Now + dueTime);
                life._timers.Add(this);
                Arm();
            }

            return true;
        }

        public void Dispose()
        {
            if (_next is not null)
            {
                _next.IsCancelled = true;
                _next = null;
                life._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>It is due earlier by this much.</summary>
        public void Bring(TimeSpan by)
        {
            _next!.IsCancelled = true;
            _due -= by;
            Arm();
        }

        private void Arm()
        {
            Simulation.Event? armed = null;
            armed = life.At(_due, () =>
            {
                // It may have been put off for as long as its node stood still, and disposed of in the meantime.
                if (_next == armed)
                {
                    Fire();
                }
            });
            _next = armed;
        }

        private void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                // Ticks that were missed are not made up for.
                _due = life.Simulation.Now + _period;
                Arm();
            }
            else
            {
                _next = null;
                life._timers.Remove(this);
            }

            callback(state);
        }
    }

    /// <summary>Runs work at once and hands out its posts over the time it is said to take.</summary>
    private sealed class WorkQueue(SimulatedLife life, ActorCell cell) : IWorkQueue
    {
        private readonly Queue<WorkItem> _waiting = new();
        private readonly Queue<Envelope> _posts = new();
        private bool _isBusy;
        private bool _closed;

        public bool HoldsChunks => false;

        public void Add(WorkItem item)
        {
            _waiting.Enqueue(item);
            if (!_isBusy)
            {
                _isBusy = true;
                life.At(life.Simulation.Now, Next);
            }
        }

        public void Close()
        {
            _closed = true;
            _waiting.Clear();
        }

        private void Next()
        {
            if (_closed || !_waiting.TryDequeue(out var item))
            {
                _isBusy = false;
                return;
            }

            var began = life.Simulation.Now;
            var duration = life.Simulation.WorkDuration(life.Host.Name, item.Work.Name) * life.Host.Slowness;
            var before = _posts.Count;
            (life._workTakes, life._workBegan) = (duration, false);
            cell.Execute(item, _posts.Enqueue);
            (life._workTakes, life._workBegan) = (null, false);
            var count = _posts.Count - before;
            for (var i = 0; i < count; i++)
            {
                life.At(began + duration * ((i + 1) / (double)count), () => cell.Enqueue(_posts.Dequeue()));
            }

            life.At(began + duration, Next);
        }
    }
}
