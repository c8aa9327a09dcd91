using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;

namespace Distributed.Actors.Simulated;

/// <summary>A node from a start to its end. Nothing that belongs to an ended life happens any more.</summary>
internal sealed class SimulatedLife : TimeProvider, ICellRunner
{
    private readonly SimulatorHost _host;
    private readonly Dictionary<SimulatorHost, Link> _links = [];

    public SimulatedLife(SimulatorHost host)
    {
        _host = host;
        Node = new ActorNode(this, this, host.Simulation.Logs);
        Unknown = new RateLimitedLog(host.Log, this);
    }

    public ActorNode Node { get; }

    public RateLimitedLog Unknown { get; }

    public bool IsAlive { get; private set; } = true;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    private Simulation Simulation => _host.Simulation;

    public void End()
    {
        IsAlive = false;
        Node.Abandon($"{_host.Name} was killed.");
    }

    /// <summary>Has something of this life happen, if it still lasts then.</summary>
    public Simulation.Event At(TimeSpan time, Action action) => Simulation.At(time, () =>
    {
        if (IsAlive)
        {
            action();
        }
    });

    /// <summary>One message a turn, so that the actors of equal time take turns.</summary>
    public void Schedule(ActorCell cell) => At(Simulation.Now, () => cell.Turn(messages: 1));

    public IWorkQueue CreateWorkQueue(ActorCell cell) => new WorkQueue(this, cell);

    public override long GetTimestamp() => Simulation.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Simulation.Now;

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

    private sealed class Link(SimulatedLife life, SimulatorHost target) : ILink
    {
        public string Target => target.Name;

        public ActorTraffic? Traffic =>
            life.IsAlive ? life.Simulation.Between(life._host, target)?.SideOf(life._host) : null;

        public void Drop(string path, object message) =>
            life.Node.DeadLetters.Drop(path, message, $"there is no connection to {target.Name}");
    }

    private sealed class Timer(SimulatedLife life, TimerCallback callback, object? state) : ITimer
    {
        private Simulation.Event? _next;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Dispose();
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Arm(life.Simulation.Now + dueTime, period);
            }

            return true;
        }

        public void Dispose() => _next?.IsCancelled = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan at, TimeSpan period) => _next = life.At(at, () =>
        {
            if (period > TimeSpan.Zero)
            {
                Arm(at + period, period);
            }

            callback(state);
        });
    }

    /// <summary>Runs work at once and hands out its posts over the time it is said to take.</summary>
    private sealed class WorkQueue(SimulatedLife life, ActorCell cell) : IWorkQueue
    {
        private readonly Queue<WorkItem> _waiting = new();
        private bool _isBusy;
        private bool _closed;

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
            if (!_waiting.TryDequeue(out var item))
            {
                _isBusy = false;
                return;
            }

            var posts = new List<Envelope>();
            cell.Execute(item, posts.Add);
            var (began, duration) = (life.Simulation.Now, life.Simulation.WorkDuration(life._host.Name, item.Name));
            for (var i = 0; i < posts.Count; i++)
            {
                var post = posts[i];
                life.At(began + duration * ((i + 1) / (double)posts.Count), () => cell.Enqueue(post));
            }

            life.At(began + duration, () =>
            {
                if (!_closed)
                {
                    Next();
                }
            });
        }
    }
}
