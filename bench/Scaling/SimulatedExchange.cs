using System.Diagnostics;
using Distributed.Actors;
using Distributed.Coordinator;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Exchange;
using Distributed.Protocol;
using Distributed.Worker;

namespace Distributed.Scaling;

/// <summary>Steps of the very coordinator with workers that compute nothing, each on a node of the simulator: what passes the wire is counted
/// frame by frame, and the real time of the coordinator's turns is taken.</summary>
/// <remarks>A frame belongs to the step that it speaks of, whenever it arrives. Of the real time: encoding, checksums and sockets are not in it,
/// adding, stepping and all decisions are. Virtual time knows latency and the workers' computing, and that nothing else takes any.</remarks>
internal sealed class SimulatedExchange : IRunObserver
{
    /// <summary>Steps after the last that is counted, so that all of its frames have come.</summary>
    private const int Rest = 2;

    private const string CoordinatorName = "coordinator", WorkerName = "worker";
    private static readonly byte[] s_fingerprint = new byte[32];

    private readonly Simulation _simulation;
    private readonly SimulatorHost _coordinator;
    private readonly StepTraffic[] _traffic;
    private readonly int _warmUp;
    private readonly List<double> _turnSeconds = [];
    private readonly List<TimeSpan> _commits = [];
    private readonly List<long> _turns = [];
    private long _turnBegan, _turnTicks, _ticksBefore, _turnsNow, _turnsBefore;
    private string? _failed;

    private SimulatedExchange(RunShape shape, TrainingSetup setup, int warmUp, int steps, TimeSpan compute, ulong seed)
    {
        (_warmUp, _traffic) = (warmUp, new StepTraffic[warmUp + steps]);
        var work = Enumerable.Range(0, shape.Shards + 1).ToDictionary(ExchangeWorker.WorkOf, shards => compute * shards / shape.Shards);
        _simulation = new Simulation(seed)
        {
            Latency = (TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(0.2)),
            WorkDuration = (_, name) => work[name],
            Observe = Count,
            TurnBegins = host =>
            {
                if (host == _coordinator) _turnBegan = Stopwatch.GetTimestamp();
            },
            TurnEnded = host =>
            {
                if (host != _coordinator) return;
                _turnTicks += Stopwatch.GetTimestamp() - _turnBegan;
                _turnsNow++;
            },
        };
        var options = new RunOptions(setup, "the job", s_fingerprint, s_fingerprint, shape.Workers) { ChunkElements = shape.ChunkElements };
        _coordinator = _simulation.AddNode(CoordinatorName);
        _coordinator.RegisterDestination(CoordinatorName, new ChunkPool());
        _coordinator.Spawn(CoordinatorName, () => new CoordinatorActor(options, this), Supervision.Never);
        for (var number = 1; number <= shape.Workers; number++)
        {
            var node = _simulation.AddNode($"{WorkerName}-{number}");
            var (destination, coordinator) = (new WorkerDestination(new ChunkPool()), node.Remote(_coordinator, CoordinatorName));
            node.RegisterDestination(WorkerName, destination);
            node.Spawn(WorkerName, () => new ExchangeWorker(coordinator, shape.Parameters, OwnMemory.Instance, destination,
                end => _failed ??= $"{node.Name} has ended: {end}"), Supervision.Never);
        }
    }

    /// <summary>Of each step after the warm-up.</summary>
    public ReadOnlyMemory<StepTraffic> Traffic => _traffic.AsMemory(_warmUp);

    /// <summary>Number of the first step of <see cref="Traffic"/>.</summary>
    public int FirstStep => _warmUp;

    /// <summary>Frames between workers and coordinator in the whole run that are of no step: admission and the first weights.</summary>
    public long OtherFrames { get; private set; }

    /// <summary>Real seconds in turns of the coordinator, from commit to commit, after the warm-up.</summary>
    public IReadOnlyList<double> TurnSeconds => _turnSeconds[_warmUp.._traffic.Length];

    /// <summary>Turns of the coordinator in the last of the steps.</summary>
    public long Turns => _turns[_traffic.Length - 1];

    /// <summary>Virtual seconds of a step, the mean after the warm-up.</summary>
    public double VirtualSeconds => (_commits[_traffic.Length - 1] - _commits[_warmUp - 1]).TotalSeconds / (_traffic.Length - _warmUp);

    /// <param name="warmUp">Steps that are not counted, at least 1.</param>
    /// <param name="compute">Virtual time of a whole batch on one worker: each shard takes an equal part.</param>
    /// <exception cref="InvalidOperationException">The run did not come so far.</exception>
    public static SimulatedExchange Run(RunShape shape, TrainingSetup setup, int warmUp, int steps, TimeSpan compute, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUp, 1);
        var run = new SimulatedExchange(shape, setup, warmUp, steps, compute, seed);
        var isThere = run._simulation.RunUntil(() => run._failed is not null || run._commits.Count >= warmUp + steps + Rest, TimeSpan.FromHours(1));
        return run._failed is null && isThere ? run
            : throw new InvalidOperationException(run._failed ?? $"only {run._commits.Count} steps were committed within a virtual hour");
    }

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.StepCommitted: Commit(); break;
            case RunEvent.WorkerLost lost: _failed ??= $"worker {lost.Worker} was lost: {lost.Reason}"; break;
            case RunEvent.ShardsCopied copied: _failed ??= $"{copied.Units} shards were given to a second worker"; break;
            case RunEvent.Ended ended: _failed ??= $"the run has ended: {ended.Result.Reason}"; break;
        }
    }

    private void Commit()
    {
        var ticks = _turnTicks + Stopwatch.GetTimestamp() - _turnBegan; // it happens inside of a turn
        _turnSeconds.Add((double)(ticks - _ticksBefore) / Stopwatch.Frequency);
        _turns.Add(_turnsNow - _turnsBefore);
        _commits.Add(_simulation.Now);
        (_ticksBefore, _turnsBefore) = (ticks, _turnsNow);
    }

    private void Count(SimulatedFrame frame)
    {
        var flow = Flow.Of(frame.Bytes);
        var step = frame.Message switch
        {
            TensorChunk { Header: { Kind: ChunkKind.Weights } weights } => weights.Step - 1,
            TensorChunk chunk => chunk.Header.Step,
            PartialDone done => (long)done.Step,
            WeightsHeld held => (long)held.Version - 1,
            Assign assign => (long)assign.Step,
            _ => -1,
        };
        if (step < 0) OtherFrames++;
        if (step < 0 || step >= _traffic.Length) return;
        var so = _traffic[step];
        _traffic[step] = frame.Message switch
        {
            TensorChunk { Header.Kind: ChunkKind.Weights } => so with { Weights = so.Weights + flow },
            TensorChunk => so with { Partials = so.Partials + flow },
            PartialDone => so with { PartialDones = so.PartialDones + flow },
            WeightsHeld => so with { Held = so.Held + flow },
            _ => so with { Assigns = so.Assigns + flow },
        };
    }
}
