using System.Buffers;
using System.Globalization;
using Distributed.Actors.Cells;
using Distributed.Actors.Simulated;
using Distributed.Engine.Randomness;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Actors;

/// <summary>Several nodes, their network and one virtual clock in a single thread: the same seed gives the same run, message by message.</summary>
/// <remarks>
/// Everything that happens is an event with a time; events of equal time happen in the order they were added, or in a drawn one
/// (<see cref="NetworkFaults.Interleave"/>). Actors run as in every host (the same cells), and messages between nodes pass byte by byte
/// through the codec of the wire. What is simulated: latency, the loss of connections and nodes, partitions, nodes that stand still, their
/// clocks, how long work takes, and what <see cref="NetworkFaults"/> does to frames. What is not: handshakes, bandwidth and back-pressure
/// (how much waits is measured in <see cref="Peaks"/>).
/// Only to be used from one thread.
/// </remarks>
public sealed class Simulation
{
    /// <summary>Names the streams of latencies and of the order of what happens at the same time.</summary>
    private const uint LatencyStream = 0, OrderStream = 1;

    private readonly PriorityQueue<Event, Moment> _events = new();
    private readonly List<SimulatorHost> _nodes = [];
    private readonly List<SimulatedConnection> _connections = [];
    private readonly HashSet<(SimulatorHost From, SimulatorHost To)> _blocked = [];
    private RandomStream _latencies;
    private RandomStream _order;
    private long _sequence;
    private long _frames;
    private long _connectionsMade;

    public Simulation(ulong seed, ILoggerFactory? logs = null)
    {
        _latencies = new RandomStream(seed, RandomPurpose.Test, LatencyStream);
        _order = new RandomStream(seed, RandomPurpose.Test, OrderStream);
        Fate = new Fate(this, seed);
        Logs = logs ?? NullLoggerFactory.Instance;
    }

    public TimeSpan Now { get; private set; }

    /// <summary>A frame arrives after a time drawn evenly from this range, but never before an earlier one of its connection.</summary>
    public (TimeSpan Min, TimeSpan Max) Latency { get; set; } = (TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(2));

    /// <summary>How long work takes, by the node's name and the work's; what it posts is spread evenly over that time.</summary>
    public Func<string, string, TimeSpan> WorkDuration { get; set; } = (_, _) => TimeSpan.FromMilliseconds(10);

    /// <summary>A node from which nothing comes for this long is taken for lost: gone, standing still, or cut off.</summary>
    public TimeSpan DetectionTime { get; set; } = HostLimits.HeartbeatTimeout;

    /// <summary>Up to this much is added to <see cref="DetectionTime"/>, drawn.</summary>
    public TimeSpan DetectionJitter { get; set; }

    /// <summary>A frame that was begun must be whole after this time.</summary>
    public TimeSpan FrameTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after the end of a connection its node can make another to the same node.</summary>
    public TimeSpan RedialDelay { get; set; }

    public NetworkFaults Network { get; set; } = NetworkFaults.None;

    public NetworkCounts Counts { get; } = new();

    public SimulationPeaks Peaks { get; } = new();

    /// <summary>Gets one line for each message between nodes and each thing done to a node or connection, in order.</summary>
    public Action<string>? Transcript { get; set; }

    /// <summary>Told of every message between nodes as it arrives. Who keeps it makes a copy: its actor gives it back to be used again.</summary>
    public Action<SimulatedFrame>? Observe { get; set; }

    /// <summary>Told of every message between nodes as it is sent. Who keeps it makes a copy: it is given back when it has arrived.</summary>
    public Action<SimulatedFrame>? ObserveSent { get; set; }

    /// <summary>Told of the number of each frame of which a part has arrived, and not all of it yet.</summary>
    public Action<long>? ObservePart { get; set; }

    /// <summary>Puts another message in the place of one that arrives, or none (null): for faults that no network has, but a program might.</summary>
    public Func<SimulatedFrame, object?>? Filter { get; set; }

    /// <summary>Gets a frame of which a byte was changed, before it arrives: a test puts its checksum right, as if nobody looked at it.</summary>
    public Action<Memory<byte>>? Corrupted { get; set; }

    /// <summary>Told before each turn of an actor, whose node it is: with <see cref="TurnEnded"/> a benchmark takes the real time of turns. What a turn
    /// sends is encoded, and what it gets was decoded, outside of it.</summary>
    public Action<SimulatorHost>? TurnBegins { get; set; }

    /// <summary>Told after each turn that <see cref="TurnBegins"/> was told of.</summary>
    public Action<SimulatorHost>? TurnEnded { get; set; }

    /// <summary>Events that have happened.</summary>
    public long Events { get; private set; }

    public IReadOnlyList<SimulatorHost> Nodes => _nodes;

    internal ILoggerFactory Logs { get; }

    internal Fate Fate { get; }

    /// <summary>Where frames are encoded, one at a time.</summary>
    internal ArrayBufferWriter<byte> Buffer { get; } = new();

    /// <summary>A node that can be connected with every other one.</summary>
    /// <param name="boot">Spawns the node's actors: called now and at every <see cref="SimulatorHost.Restart"/>.</param>
    public SimulatorHost AddNode(string name, Action<SimulatorHost>? boot = null)
    {
        if (_nodes.Exists(node => node.Name == name))
        {
            throw new ArgumentException($"The simulation already has a node \"{name}\".", nameof(name));
        }

        var added = new SimulatorHost(this, name, boot);
        _nodes.Add(added);
        added.Boot();
        return added;
    }

    /// <summary>Lets events happen until the condition holds.</summary>
    /// <returns>False: it doesn't hold, and <paramref name="maxVirtualTime"/> from now has passed or nothing is left to happen.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan maxVirtualTime)
    {
        var end = Now + maxVirtualTime;
        while (!condition())
        {
            if (!Step(end))
            {
                return condition();
            }
        }

        return true;
    }

    /// <summary>Lets this much virtual time pass.</summary>
    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        while (Step(end))
        {
        }

        Now = end;
    }

    /// <summary>Breaks the connections of two nodes: both sides' watchers are told now, what is on its way is lost.</summary>
    /// <param name="healAfter">When they can connect again; null: after <see cref="Heal"/>. Zero: at once, by a new connection.</param>
    public void Disconnect(SimulatorHost a, SimulatorHost b, TimeSpan? healAfter = null)
    {
        Record($"{a.Name} and {b.Name} are disconnected");
        foreach (var connection in Between(a, b))
        {
            connection.Break("The connection was lost.");
        }

        if (healAfter != TimeSpan.Zero)
        {
            _blocked.Add((a, b));
            _blocked.Add((b, a));
        }

        if (healAfter > TimeSpan.Zero)
        {
            At(Now + healAfter.Value, () => Heal(a, b));
        }
    }

    /// <summary>Holds up all that <paramref name="from"/> sends to <paramref name="to"/> until <see cref="Heal"/>. Nobody is told: the receiver closes
    /// after <see cref="DetectionTime"/>.</summary>
    /// <param name="bothWays">Whether the other direction is held up too.</param>
    public void Partition(SimulatorHost from, SimulatorHost to, bool bothWays)
    {
        Record(bothWays ? $"{from.Name} and {to.Name} are cut off from each other" : $"nothing of {from.Name} reaches {to.Name}");
        _blocked.Add((from, to));
        if (bothWays)
        {
            _blocked.Add((to, from));
        }

        foreach (var connection in Between(from, to))
        {
            connection.Reconsider();
        }
    }

    /// <summary>Lets two nodes reach each other again, both ways.</summary>
    public void Heal(SimulatorHost a, SimulatorHost b)
    {
        if (!_blocked.Remove((a, b)) & !_blocked.Remove((b, a)))
        {
            return;
        }

        Record($"{a.Name} and {b.Name} can connect again");
        foreach (var connection in Between(a, b))
        {
            connection.Reconsider();
        }
    }

    /// <summary>Whether two nodes have an open connection.</summary>
    public bool AreConnected(SimulatorHost a, SimulatorHost b) =>
        _connections.Exists(connection => connection.IsBetween(a, b) && connection.Dialling.IsOpen && connection.Dialled.IsOpen);

    /// <summary>Has something happen at this time from now: a kill, a message, a check.</summary>
    public void Schedule(TimeSpan delay, Action action) => At(Now + delay, action);

    internal Event At(TimeSpan time, Action action)
    {
        var added = new Event(action);
        var tie = Network.Interleave ? _order.NextUInt32() : 0;
        _events.Enqueue(added, new Moment(time > Now ? time : Now, tie, _sequence++));
        return added;
    }

    internal void Record(string line) =>
        Transcript?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalMilliseconds,12:0.0000} ms  {line}"));

    internal TimeSpan DrawLatency()
    {
        var (min, max) = Latency;
        return min + (max - min) * _latencies.NextFloat();
    }

    internal long NextFrame() => ++_frames;

    internal bool IsBlocked(SimulatorHost from, SimulatorHost to) => _blocked.Contains((from, to));

    /// <summary>Whether what one side of a connection sends does not arrive at the other for now.</summary>
    internal bool IsHeldUp(SimulatedSide from, SimulatedSide to) =>
        to.Life.Standing == Standing.Frozen || (_blocked.Count > 0 && IsBlocked(from.Host, to.Host));

    /// <summary>A new connection; null: the nodes cannot connect now.</summary>
    internal SimulatedSide? Dial(SimulatedLife from, SimulatorHost to)
    {
        if (from.Host == to || !from.IsAlive || !to.IsAlive || to.Life.Standing == Standing.Frozen || IsBlocked(from.Host, to)
            || IsBlocked(to, from.Host))
        {
            return null;
        }

        var connection = new SimulatedConnection(this, ++_connectionsMade, from, to.Life);
        _connections.Add(connection);
        return connection.Dialling;
    }

    internal void Closed(SimulatedConnection connection)
    {
        if (connection.IsOver)
        {
            _connections.Remove(connection);
        }
    }

    /// <summary>The sides of a life's connections.</summary>
    internal SimulatedSide[] SidesOf(SimulatedLife life) =>
        [.. _connections.SelectMany(connection => new[] { connection.Dialling, connection.Dialled }).Where(side => side.Life == life)];

    /// <summary>A frame has arrived; those of one connection do so in the order of their sequence numbers.</summary>
    internal void Delivered(SimulatorHost to, long sequence)
    {
        if (sequence >= to.NewestFrame)
        {
            to.NewestFrame = sequence;
        }
        else if (Network.Interleave)
        {
            Counts.Overtaken++;
        }
    }

    internal void Waiting(ActorCell cell)
    {
        var (messages, bytes) = cell.Waiting;
        Peaks.MailboxMessages = Math.Max(Peaks.MailboxMessages, messages);
        Peaks.MailboxBytes = Math.Max(Peaks.MailboxBytes, bytes);
    }

    private SimulatedConnection[] Between(SimulatorHost a, SimulatorHost b) =>
        [.. _connections.Where(connection => connection.IsBetween(a, b))];

    private bool Step(TimeSpan end)
    {
        if (!_events.TryPeek(out var next, out var at) || at.Time > end)
        {
            return false;
        }

        _events.Dequeue();
        Now = at.Time;
        if (!next.IsCancelled)
        {
            Events++;
            next.Action();
        }

        return true;
    }

    internal sealed class Event(Action action)
    {
        public Action Action => action;

        public bool IsCancelled { get; set; }
    }

    /// <summary>Where an event stands in the order of all.</summary>
    /// <param name="Tie">Orders what happens at the same time, before <paramref name="Sequence"/> does.</param>
    private readonly record struct Moment(TimeSpan Time, uint Tie, long Sequence) : IComparable<Moment>
    {
        public int CompareTo(Moment other)
        {
            var order = Time.Ticks.CompareTo(other.Time.Ticks);
            order = order != 0 ? order : Tie.CompareTo(other.Tie);
            return order != 0 ? order : Sequence.CompareTo(other.Sequence);
        }
    }
}
