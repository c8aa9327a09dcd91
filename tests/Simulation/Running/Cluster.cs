using System.Globalization;
using Distributed.Actors;
using Distributed.Coordinator;
using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Simulations.Jobs;
using Distributed.Testing;
using Distributed.Worker;

namespace Distributed.Simulations.Running;

/// <summary>The nodes of a run and what is started on them: a coordinator that goes on from its checkpoints, and workers.</summary>
internal sealed class Cluster
{
    private const string FolderPath = "/checkpoints";

    private readonly SimulatedRun _run;
    private readonly SmallLoader _loader;
    private readonly Dictionary<SimulatorHost, MemorySamples> _disks = [];
    private readonly LoadedJob _job;
    private readonly List<SimulatorHost> _workers = [];
    private readonly Dictionary<SimulatorHost, (ActorRef Actor, ChunkPool Scratch, int Life)> _started = [];
    private readonly HashSet<SimulatorHost> _left = [];
    private readonly List<(string Who, Task<Exception?> End)> _ends = [];
    private ChunkPool _coordinatorChunks = new();

    public Cluster(SimulatedRun run)
    {
        _run = run;
        var setup = run.Reference.Setup;
        _loader = new SmallLoader(setup with { Train = new WatchedData(setup.Train, run.OnRead) });
        _job = new LoadedJob(setup, SmallLoader.Fingerprint, SmallLoader.Fingerprint);
        Coordinator = run.Simulation.AddNode("coordinator", BootCoordinator);
        for (var i = 0; i < run.Scenario.Workers; i++) AddWorker();
        run.Disk.Renamed = (host, path) => run.Tell(checker => checker.Written(Term, path));
    }

    public SimulatorHost Coordinator { get; }

    public CoordinatorStart Start { get; } = new();

    /// <summary>Samples that nodes without the data were sent, and have kept.</summary>
    public int Shipped => _disks.Values.Sum(disk => disk.Written);

    /// <summary>Every node that has ever been a worker.</summary>
    public IReadOnlyList<SimulatorHost> Workers => _workers;

    /// <summary>Times that a coordinator began to lead.</summary>
    public int Coordinators { get; private set; }

    /// <summary>Of the last coordinator that was started.</summary>
    public long Term { get; private set; }

    public RunResult? Result { get; private set; }

    /// <summary>The run has ended, or can not end any more.</summary>
    public bool IsOver
    {
        get
        {
            foreach (var (who, end) in _ends)
                if (end.IsCompleted && end.Result is { } fault and not HostException)
                {
                    _run.Failed(who, $"{fault.GetType().Name}: {fault.Message}");
                    return true;
                }
            return Result is not null;
        }
    }

    public bool CanAddWorker => _workers.Count < SimulatedRunLimits.MaxWorkers || _left.Count > 0;

    /// <param name="node">Whose disk it is; null: only for its names.</param>
    public CheckpointFolder Folder(SimulatorHost? node) =>
        new(FolderPath, _run.Scenario.Keep, node is null ? null : _run.Disk.Mount(node)) { LockPatience = TimeSpan.Zero };

    /// <summary>A node more, or one that has left comes back.</summary>
    public SimulatorHost AddWorker()
    {
        if (_left.Count > 0)
        {
            var back = _workers.First(_left.Contains);
            _left.Remove(back);
            back.Restart();
            return back;
        }
        var added = _run.Simulation.AddNode($"worker-{_workers.Count + 1}", BootWorker);
        _workers.Add(added);
        return added;
    }

    /// <summary>A worker's process ends in good order, and is not started again.</summary>
    public void Leave(SimulatorHost worker)
    {
        _left.Add(worker);
        worker.Stop(_started[worker].Actor);
    }

    public bool HasLeft(SimulatorHost node) => _left.Contains(node);

    /// <summary>Chunks that the pools of living processes have lent.</summary>
    public IEnumerable<(string Owner, long Lent)> LentChunks()
    {
        if (Coordinator.IsAlive) yield return (Coordinator.Name, _coordinatorChunks.Lent);
        foreach (var (node, started) in _started)
            if (node.IsAlive && started.Life == node.Incarnation) yield return (node.Name, started.Scratch.Lent);
    }

    private void BootCoordinator(SimulatorHost node)
    {
        var folder = Folder(node);
        RunSnapshot? resume = null;
        try
        {
            Term = Start.Claim(folder, $"coordinator {node.Incarnation}");
            resume = Start.Read(folder, _job.Setup);
        }
        catch (CheckpointException refused)
        {
            // As the command line does: the process ends with a sentence, and is started again.
            _run.Simulation.Transcript?.Invoke($"{node.Name} does not start: {refused.Message}");
            node.Kill();
            RestartSoon(node);
            return;
        }
        catch (Exception) when (!node.IsAlive)
        {
            return; // it died on the disk; who armed that starts it again
        }
        Coordinators++;
        var term = Term;
        var watch = new Watch(_run, this, term);
        foreach (var change in resume?.RateChanges.All ?? []) _run.Rates.OnSet(change); // written, though its coordinator may not have heard of it
        _run.Tell(checker => checker.Begins(term, resume));
        var options = new RunOptions(_job.Setup, "the job", SmallLoader.Fingerprint, SmallLoader.Fingerprint, _run.Scenario.FirstWorkers)
        {
            Term = (uint)term,
            MinWorkers = _run.Scenario.MinWorkers,
            MaxWorkers = _run.Scenario.MaxWorkers,
            ChunkElements = _run.Scenario.ChunkElements,
            Checkpoints = new Store(new FileCheckpointStore(folder, "the job", _job, new Notes()), _run, term),
            CheckpointEvery = _run.Scenario.CheckpointEvery,
            Resume = resume,
            Probe = watch,
        };
        node.RegisterDestination("coordinator", _coordinatorChunks = new ChunkPool());
        var given = Start.Options(options);
        var actor = node.Spawn("coordinator", () => new CoordinatorActor(given, watch), Supervision.Never);
        _ends.Add(($"{node.Name} of term {term}", node.WhenStopped(actor)));
    }

    private void BootWorker(SimulatorHost node)
    {
        var life = node.Incarnation;
        var (actor, scratch) = SimulatedWorker.Boot(node, [Coordinator], LoaderOf(node), end => OnEnd(node, life, end));
        _started[node] = (actor, scratch, life);
        _ends.Add((node.Name, node.WhenStopped(actor)));
    }

    /// <summary>Every second node is without the data, where the scenario says so; its disk outlives it.</summary>
    private SmallLoader LoaderOf(SimulatorHost node)
    {
        if (!_run.Scenario.Ships || int.Parse(node.Name.AsSpan("worker-".Length), CultureInfo.InvariantCulture) % 2 == 0) return _loader;
        if (!_disks.TryGetValue(node, out var disk)) _disks[node] = disk = new MemorySamples();
        return new SmallLoader(_job.Setup, disk, data => new WatchedData(data, _run.OnRead));
    }

    private void OnEnd(SimulatorHost node, int life, WorkerEnd end)
    {
        if (end.Outcome is WorkerOutcome.Failed or WorkerOutcome.WrongInput) _run.Failed(node.Name, end.Reason);
        if (end.Outcome == WorkerOutcome.Finished) return;
        RestartSoon(node, life);
    }

    /// <summary>What a service manager does.</summary>
    private void RestartSoon(SimulatorHost node, int? life = null) => _run.Simulation.Schedule(SimulatedRunLimits.RestartDelay, () =>
    {
        if ((life is null ? !node.IsAlive : node.Incarnation == life && node.IsAlive) && Result is null && !_left.Contains(node)) node.Restart();
    });

    /// <summary>What one coordinator tells of itself.</summary>
    private sealed class Watch(SimulatedRun run, Cluster cluster, long term) : IRunObserver, IAggregationProbe
    {
        public void On(RunEvent happened)
        {
            run.Simulation.Transcript?.Invoke($"{run.Simulation.Now.TotalMilliseconds,12:0.0000} ms  coordinator of term {term}: {Brief(happened)}");
            if (happened is RunEvent.StepCommitted) run.Steps++;
            if (happened is RunEvent.RateSet set) run.Rates.OnSet(set.Change);
            if (happened is RunEvent.Ended ended) cluster.Result = ended.Result;
            run.Tell(checker => checker.Happened(term, happened));
        }

        public void Counted(in ChunkHeader header)
        {
            var counted = header;
            run.Tell(checker => checker.Counted(term, counted));
        }

        public void LossCounted(long step, ShardRange range, in LossSum sum)
        {
            var counted = sum;
            run.Tell(checker => checker.LossCounted(term, step, range, counted));
        }

        private static string Brief(RunEvent happened) => happened switch
        {
            RunEvent.Ended { Result: var result } => $"Ended {{ {result.End}: {result.Reason}, {result.Fingerprint[..12]}, {result.Steps} steps }}",
            _ => $"{happened}",
        };

        public void Committed(long step, int weightVersions) => run.MostWeightVersions = Math.Max(run.MostWeightVersions, weightVersions);
    }

    /// <summary>Shows snapshots to the checkers before they are written.</summary>
    private sealed class Store(ICheckpointStore files, SimulatedRun run, long term) : ICheckpointStore
    {
        public string Save(RunSnapshot snapshot)
        {
            run.Tell(checker => checker.Snapshot(term, snapshot));
            return files.Save(snapshot);
        }

        public void SaveBest(RunSnapshot snapshot) => files.SaveBest(snapshot);
    }
}
