using System.Globalization;
using Distributed.Actors.Simulated;
using Distributed.Engine.Randomness;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Actors;

/// <summary>Several nodes, their network and one virtual clock in a single thread: the same seed gives the same run, message by message.</summary>
/// <remarks>
/// Everything that happens is an event with a time; events of equal time happen in the order they were added. Actors run as in
/// every host (the same cells), and messages between nodes pass through the codec of the wire. What is simulated: latency, the loss
/// of connections and nodes, and how long work takes. What is not: bandwidth and back-pressure.
/// Only to be used from one thread.
/// </remarks>
public sealed class Simulation
{
    private readonly PriorityQueue<Event, (TimeSpan Time, long Sequence)> _events = new();
    private readonly List<SimulatorHost> _nodes = [];
    private readonly Dictionary<(SimulatorHost, SimulatorHost), SimulatedConnection> _connections = [];
    private readonly HashSet<(SimulatorHost, SimulatorHost)> _cut = [];
    private readonly ulong _seed;
    private long _sequence;
    private ulong _draws;

    public Simulation(ulong seed, ILoggerFactory? logs = null)
    {
        _seed = seed;
        Logs = logs ?? NullLoggerFactory.Instance;
    }

    public TimeSpan Now { get; private set; }

    /// <summary>A frame arrives after a time drawn evenly from this range, but never before an earlier one of its connection.</summary>
    public (TimeSpan Min, TimeSpan Max) Latency { get; set; } = (TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(2));

    /// <summary>How long work takes, by the node's name and the work's; what it posts is spread evenly over that time.</summary>
    public Func<string, string, TimeSpan> WorkDuration { get; set; } = (_, _) => TimeSpan.FromMilliseconds(10);

    /// <summary>How long after <see cref="SimulatorHost.Kill"/> the other nodes notice.</summary>
    public TimeSpan DetectionTime { get; set; } = HostLimits.HeartbeatTimeout;

    /// <summary>Gets one line for each message between nodes and each thing done to a node or connection, in order.</summary>
    public Action<string>? Transcript { get; set; }

    /// <summary>Events that have happened.</summary>
    public long Events { get; private set; }

    public IReadOnlyList<SimulatorHost> Nodes => _nodes;

    internal ILoggerFactory Logs { get; }

    /// <summary>A node that is connected with every other one.</summary>
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

    /// <summary>Breaks the connection of two nodes: both sides' watchers are told now, what is on its way is lost.</summary>
    /// <param name="healAfter">When they can connect again; null: after <see cref="Heal"/>. Zero: at once, by a new connection.</param>
    public void Disconnect(SimulatorHost a, SimulatorHost b, TimeSpan? healAfter = null)
    {
        Record($"{a.Name} and {b.Name} are disconnected");
        if (_connections.Remove(Key(a, b), out var connection))
        {
            connection.Close("The connection was lost.");
        }

        if (healAfter != TimeSpan.Zero)
        {
            _cut.Add(Key(a, b));
        }

        if (healAfter > TimeSpan.Zero)
        {
            At(Now + healAfter.Value, () => Heal(a, b));
        }
    }

    /// <summary>Lets two nodes connect again.</summary>
    public void Heal(SimulatorHost a, SimulatorHost b)
    {
        if (_cut.Remove(Key(a, b)))
        {
            Record($"{a.Name} and {b.Name} can connect again");
        }
    }

    /// <summary>Has something happen at this time from now: a kill, a message, a check.</summary>
    public void Schedule(TimeSpan delay, Action action) => At(Now + delay, action);

    internal Event At(TimeSpan time, Action action)
    {
        var added = new Event(action);
        _events.Enqueue(added, (time > Now ? time : Now, _sequence++));
        return added;
    }

    internal void Record(string line) =>
        Transcript?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalMilliseconds,12:0.0000} ms  {line}"));

    internal TimeSpan DrawLatency()
    {
        var n = _draws++;
        var block = Philox.Block(new PhiloxBlock((uint)n, (uint)(n >> 32), 0, 0), (uint)_seed, (uint)(_seed >> 32));
        var (min, max) = Latency;
        return min + TimeSpan.FromTicks((long)((max - min).Ticks * (block.Word0 / (double)(1UL << 32))));
    }

    /// <summary>The connection of two living nodes, made if there is none; null: they cannot connect now.</summary>
    internal SimulatedConnection? Between(SimulatorHost a, SimulatorHost b)
    {
        if (a == b || !a.IsAlive || !b.IsAlive || _cut.Contains(Key(a, b)))
        {
            return null;
        }

        if (!_connections.TryGetValue(Key(a, b), out var connection))
        {
            var (first, second) = Key(a, b);
            _connections[Key(a, b)] = connection = new SimulatedConnection(this, first, second);
        }

        return connection;
    }

    internal void OnKilled(SimulatorHost node)
    {
        foreach (var (key, connection) in _connections.Where(entry => entry.Key.Item1 == node || entry.Key.Item2 == node).ToArray())
        {
            _connections.Remove(key);
            connection.Silence(node);
            At(Now + DetectionTime, () => connection.Close($"Nothing was heard from {node.Name} for {DetectionTime.TotalSeconds:0.0} s."));
        }
    }

    private (SimulatorHost, SimulatorHost) Key(SimulatorHost a, SimulatorHost b) => _nodes.IndexOf(a) < _nodes.IndexOf(b) ? (a, b) : (b, a);

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
}
