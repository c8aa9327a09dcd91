using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Faults;

/// <summary>Writes down what a run shows from outside: messages sent and arrived, what coordinators tell, and a look at every node from time to time.
/// Nothing of it is asked of the injector or its tally.</summary>
internal sealed class Journal : Checker
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public override string Property => "nothing: it only watches";

    /// <summary>Messages by number, in the order in which they were sent.</summary>
    public Dictionary<long, (TimeSpan At, SimulatedFrame Frame)> Sent { get; } = [];

    public List<(TimeSpan At, SimulatedFrame Frame)> Arrivals { get; } = [];

    /// <summary>When each message arrived, by number.</summary>
    public Dictionary<long, TimeSpan> ArrivedAt { get; } = [];

    /// <summary>Numbers of messages of which a part arrived before the rest.</summary>
    public HashSet<long> Parts { get; } = [];

    /// <param name="IsConnected">Of a stalled worker: whether it and the coordinator have an open connection.</param>
    public List<(TimeSpan At, RunEvent Event, bool IsConnected)> Events { get; } = [];

    /// <summary>Terms that began, and whether a torn file lay on the disk then.</summary>
    public List<(long Term, bool HasTornFile)> Terms { get; } = [];

    public List<(TimeSpan At, NodeState[] Nodes)> Looks { get; } = [];

    /// <summary>Of two things that were to happen at the same moment, the one that was added later happened first.</summary>
    public bool HasSwapped { get; private set; }

    /// <summary>The longest that a message is on its way where nothing fails.</summary>
    public TimeSpan MostLatency => Run.Simulation.Latency.Max;

    /// <param name="ClockAhead">The node's clock less the simulation's.</param>
    public readonly record struct NodeState(string Name, int Life, bool IsAlive, bool IsRunning, TimeSpan ClockAhead);

    /// <summary>Begins to watch; before the run does.</summary>
    public void Begin()
    {
        Run.Simulation.ObserveSent = frame => Sent[frame.Number] = (Run.Simulation.Now, Kept(frame));
        Run.Simulation.ObservePart = number => Parts.Add(number);
        Look();
    }

    public override void Arrived(in SimulatedFrame frame)
    {
        Arrivals.Add((Run.Simulation.Now, Kept(frame)));
        ArrivedAt.TryAdd(frame.Number, Run.Simulation.Now);
    }

    public override void Happened(long term, RunEvent happened)
    {
        var isConnected = happened is RunEvent.WorkerStalled stalled
            && Run.Simulation.AreConnected(Run.Cluster.Coordinator, Run.Cluster.Workers.First(worker => worker.Name == stalled.Name));
        Events.Add((Run.Simulation.Now, happened, isConnected));
    }

    public override void Begins(long term, RunSnapshot? resume) => Terms.Add((term, Run.Disk.Paths.Any(path => !Run.Disk.IsWhole(path))));

    /// <summary>Messages of every step are used again: what is kept is a copy, of a chunk its header alone.</summary>
    private static SimulatedFrame Kept(in SimulatedFrame frame) => frame with
    {
        Message = frame.Message switch
        {
            TensorChunk chunk => new TensorChunk(chunk.Header, default),
            Assign assign => assign.Clone(),
            PartialDone done => done.Clone(),
            WeightsHeld held => held.Clone(),
            var other => other,
        },
    };

    private void Look()
    {
        var simulation = Run.Simulation;
        Looks.Add((simulation.Now, [.. Run.Cluster.Workers.Append(Run.Cluster.Coordinator).Select(node =>
            new NodeState(node.Name, node.Incarnation, node.IsAlive, node.IsRunning, node.IsAlive ? node.ReadClock() - simulation.Now : default))]));
        if (Run.Cluster.IsOver) return;
        var first = false;
        simulation.Schedule(BetweenLooks, () => first = true);
        simulation.Schedule(BetweenLooks, () => HasSwapped |= !first);
        simulation.Schedule(BetweenLooks, Look);
    }
}
