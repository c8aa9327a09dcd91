using Distributed.Actors;
using Distributed.Engine.Randomness;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Faults;

/// <summary>Lets nodes, connections and the disk fail, one fault after another at drawn times, until it is to cease; then repairs everything.</summary>
/// <remarks>What happens to frames the network draws by itself (<see cref="NetworkFaults"/>).</remarks>
internal sealed class FaultInjector
{
    /// <summary>Names the stream of random numbers.</summary>
    private const uint Stream = 12;

    /// <summary>How many times as long a slow worker takes.</summary>
    private const double Slowness = 10;

    /// <summary>A clock jumps by 50 ms at least, and by up to 2^15 times as much (27 minutes).</summary>
    private const int ClockJumpDoublings = 15;

    private static readonly FaultKind[] Acts =
    [
        FaultKind.WorkerCrash, FaultKind.CoordinatorCrash, FaultKind.ConnectionLost, FaultKind.Partition, FaultKind.OneWayPartition,
        FaultKind.SlowWorker, FaultKind.HungWorker, FaultKind.FrozenNode, FaultKind.ClockJump, FaultKind.DiskFull, FaultKind.TornWrite,
        FaultKind.WorkerJoins, FaultKind.WorkerLeaves, FaultKind.SeveralDie, FaultKind.LastWorkerDies,
    ];

    private readonly SimulatedRun _run;
    private readonly FaultKind[] _acts;
    private RandomStream _random;
    private bool _ceased;

    public FaultInjector(SimulatedRun run)
    {
        _run = run;
        _random = new RandomStream(run.Scenario.Seed, RandomPurpose.Test, Stream);
        _acts = [.. Acts.Where(run.Scenario.Faults.Contains)];
        run.Disk.Died = host =>
        {
            run.Faults.Add(FaultKind.TornWrite);
            RestartLater(host, 5);
        };
        if (_acts.Length > 0) Simulation.Schedule(Pause(), Act);
    }

    private Simulation Simulation => _run.Simulation;

    private Cluster Cluster => _run.Cluster;

    private SimulatorHost[] Running => [.. Cluster.Workers.Where(worker => worker.IsRunning && !Cluster.HasLeft(worker))];

    /// <summary>Nothing more fails, and what failed is repaired.</summary>
    public void Cease()
    {
        if (_ceased) return;
        _ceased = true;
        Simulation.Transcript?.Invoke($"{Simulation.Now.TotalMilliseconds,12:0.0000} ms  faults cease");
        Simulation.Network = Simulation.Network with { Delay = 0, Fragment = 0, Duplicate = 0, Corrupt = 0 };
        (_run.Disk.IsFull, _run.Disk.Crash) = (false, null);
        foreach (var node in Simulation.Nodes)
        {
            node.Slowness = 1;
            node.Wake();
            Simulation.Heal(Cluster.Coordinator, node);
            if (!node.IsAlive && !Cluster.HasLeft(node)) RestartLater(node, 1);
        }
        while (Cluster.Workers.Count(worker => !Cluster.HasLeft(worker)) < _run.Scenario.FirstWorkers) Cluster.AddWorker();
    }

    /// <summary>Adds what the network and the disk have counted.</summary>
    public void Tally()
    {
        var (network, faults) = (Simulation.Counts, _run.Faults);
        faults.Add(FaultKind.CutInMessage, network.CutsInMessage);
        faults.Add(FaultKind.Delay, network.Delayed);
        faults.Add(FaultKind.Fragment, network.Fragmented);
        faults.Add(FaultKind.Interleaving, network.Overtaken);
        faults.Add(FaultKind.Duplicate, network.Duplicated);
        faults.Add(FaultKind.CorruptFrame, network.CorruptionsDetected);
        faults.Add(FaultKind.DiskFull, _run.Disk.Refused);
    }

    private void Act()
    {
        if (_ceased || Cluster.IsOver) return;
        var kind = _acts[_random.NextInt(_acts.Length)];
        if (Happens(kind) && kind is not (FaultKind.DiskFull or FaultKind.TornWrite)) _run.Faults.Add(kind);
        Simulation.Schedule(Pause(), Act);
    }

    /// <returns>False: there is nothing that it could happen to.</returns>
    private bool Happens(FaultKind kind)
    {
        var (coordinator, running) = (Cluster.Coordinator, Running);
        var worker = running.Length == 0 ? null : running[_random.NextInt(running.Length)];
        switch (kind)
        {
            case FaultKind.CoordinatorCrash when coordinator.IsAlive:
                Die(coordinator, 5);
                return true;
            case FaultKind.DiskFull when !_run.Disk.IsFull:
                _run.Disk.IsFull = true;
                Later(8, () => _run.Disk.IsFull = false);
                return true;
            case FaultKind.TornWrite when _run.Disk.Crash is null:
                var places = Enum.GetValues<DiskCrash>();
                _run.Disk.Crash = places[_random.NextInt(places.Length)];
                return true;
            case FaultKind.FrozenNode when worker is not null:
                Freeze(AnyNode(worker), 12);
                return true;
            case FaultKind.ClockJump when worker is not null:
                Jump(AnyNode(worker));
                return true;
            case FaultKind.WorkerJoins when Cluster.CanAddWorker:
                Cluster.AddWorker();
                return true;
            case FaultKind.WorkerLeaves when running.Length > 1:
                Cluster.Leave(worker!);
                return true;
            case FaultKind.SeveralDie when running.Length > 1:
                Die(running, 2 + _random.NextInt(running.Length - 1));
                return true;
            case FaultKind.LastWorkerDies when running.Length > 0 && Cluster.Workers.All(node => !node.IsAlive || node.IsRunning):
                Die(running, running.Length);
                return true;
            default:
                return worker is not null && Happens(kind, worker);
        }
    }

    private bool Happens(FaultKind kind, SimulatorHost worker)
    {
        var coordinator = Cluster.Coordinator;
        switch (kind)
        {
            case FaultKind.WorkerCrash:
                Die(worker, 8);
                return true;
            case FaultKind.ConnectionLost when Simulation.AreConnected(coordinator, worker):
                Simulation.Disconnect(coordinator, worker, _random.NextInt(2) == 0 ? TimeSpan.Zero : Time(3));
                return true;
            case FaultKind.Partition when Simulation.AreConnected(coordinator, worker):
                Cut(coordinator, worker, bothWays: true);
                return true;
            case FaultKind.OneWayPartition when Simulation.AreConnected(coordinator, worker):
                if (_random.NextInt(2) == 0) Cut(coordinator, worker, bothWays: false);
                else Cut(worker, coordinator, bothWays: false);
                return true;
            case FaultKind.SlowWorker when worker.Slowness == 1:
                worker.Slowness = Slowness;
                Later(20, () => worker.Slowness = 1);
                return true;
            case FaultKind.HungWorker:
                worker.Hang();
                if (_random.NextInt(3) > 0) Later(30, worker.Wake);
                return true;
            default:
                return false;
        }
    }

    private SimulatorHost AnyNode(SimulatorHost worker) => _random.NextInt(3) == 0 ? Cluster.Coordinator : worker;

    private void Cut(SimulatorHost from, SimulatorHost to, bool bothWays)
    {
        Simulation.Partition(from, to, bothWays);
        Later(15, () => Simulation.Heal(from, to));
    }

    private void Freeze(SimulatorHost node, double mostSeconds)
    {
        node.Freeze();
        Later(mostSeconds, node.Wake);
    }

    private void Jump(SimulatorHost node)
    {
        node.Freeze();
        var life = node.Incarnation;
        var by = TimeSpan.FromMilliseconds(50) * (1 + _random.NextDouble()) * (1 << _random.NextInt(ClockJumpDoublings));
        Later(2, () =>
        {
            node.Wake();
            if (node.Incarnation == life) node.JumpClock(by);
        });
    }

    private void Die(SimulatorHost[] among, int count)
    {
        for (var left = among.ToList(); count > 0; count--)
        {
            var next = left[_random.NextInt(left.Count)];
            left.Remove(next);
            Die(next, 8);
        }
    }

    private void Die(SimulatorHost node, double mostSeconds)
    {
        if (_random.NextInt(2) == 0) node.Crash();
        else node.Kill();
        RestartLater(node, mostSeconds);
    }

    private void RestartLater(SimulatorHost node, double mostSeconds) => Later(mostSeconds, () =>
    {
        if (!node.IsAlive && !Cluster.HasLeft(node) && Cluster.Result is null) node.Restart();
    });

    private void Later(double mostSeconds, Action action) => Simulation.Schedule(Time(mostSeconds), action);

    private TimeSpan Time(double mostSeconds) => TimeSpan.FromSeconds(0.05 + mostSeconds * _random.NextDouble());

    private TimeSpan Pause() => _run.Scenario.Pause * (2 * _random.NextDouble());
}
