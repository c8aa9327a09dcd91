using Distributed.Actors;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Microsoft.Extensions.Logging;

namespace Distributed.Simulations.Running;

/// <summary>One run: the very coordinator and worker actors on simulated nodes, faults, and checkers that watch. A function of scenario and
/// program, and of nothing else.</summary>
internal sealed class SimulatedRun
{
    /// <summary>Names the stream that the times of work are drawn from.</summary>
    private const uint WorkStream = 11;

    private readonly Dictionary<(long Step, ShardRange Range), int[]> _reads = [];
    private readonly List<Violation> _violations = [];
    private readonly IReadOnlyList<Checker> _checkers;
    private readonly FaultInjector _injector;
    private RandomStream _work;
    private (long Step, ShardRange Range)? _begun;
    private bool _hasRead;

    /// <param name="checkers">Null: all of them.</param>
    public SimulatedRun(Scenario scenario, Reference reference, Action<string>? transcript = null, IReadOnlyList<Checker>? checkers = null)
    {
        (Scenario, Reference) = (scenario, reference);
        Chunks = (reference.Setup.Model.Parameters.Count + scenario.ChunkElements - 1) / scenario.ChunkElements;
        _work = new RandomStream(scenario.Seed, RandomPurpose.Test, WorkStream);
        _checkers = checkers ?? AllCheckers.Create();
        ILoggerFactory? logs = null;
        if (transcript is not null)
        {
            transcript(scenario.ToString());
            logs = new TranscriptLogs(line => transcript($"{Simulation!.Now.TotalMilliseconds,12:0.0000} ms    {line}"));
        }
        Simulation = new Simulation(scenario.Seed, logs)
        {
            Transcript = transcript,
            Network = scenario.Network,
            DetectionJitter = HostLimits.HeartbeatInterval,
            RedialDelay = HostLimits.FirstRedialDelay,
            WorkDuration = WorkDuration,
            Observe = frame => Tell(checker => checker.Arrived(frame)),
        };
        Disk = new SimulatedDisk(scenario.Seed) { MayLose = path => path.EndsWith(".safetensors", StringComparison.Ordinal) };
        foreach (var checker in _checkers) (checker.Run, checker.Violated) = (this, OnViolated);
        Cluster = new Cluster(this);
        _injector = new FaultInjector(this);
        Rates = new RateSetter(this);
    }

    public Scenario Scenario { get; }

    public Reference Reference { get; }

    public Simulation Simulation { get; }

    public SimulatedDisk Disk { get; }

    public Cluster Cluster { get; }

    public FaultTally Faults { get; } = new();

    public RateSetter Rates { get; }

    /// <summary>Chunks of the flat vector.</summary>
    public int Chunks { get; }

    /// <summary>Versions of the weights that were alive at a coordinator at a time, at most.</summary>
    public int MostWeightVersions { get; set; }

    /// <summary>Steps committed by all coordinators.</summary>
    public long Steps { get; set; }

    /// <summary>Whether some property does not hold already, so that nothing more can be learnt.</summary>
    public bool IsBroken => _violations.Count > 0;

    public string PathOf(long step) => Cluster.Folder(null).FileOf(step);

    /// <summary>The samples that were read to compute these shards of this step; null: nobody has.</summary>
    public int[]? Reads(long step, ShardRange range) => _reads.GetValueOrDefault((step, range));

    public IEnumerable<(string Owner, long Lent)> LentChunks() => Cluster.LentChunks();

    public RunReport Run()
    {
        Simulation.RunUntil(() => Cluster.IsOver || IsBroken, Scenario.FaultTime);
        _injector.Cease();
        Simulation.RunUntil(() => Cluster.IsOver || IsBroken, SimulatedRunLimits.CalmTime);
        if (!IsBroken) Simulation.RunFor(SimulatedRunLimits.Aftermath);
        _injector.Tally();
        Tell(checker => checker.Ended());
        return new RunReport(Scenario, _violations, Faults, Steps, Cluster.Coordinators, Simulation.Now, Simulation.Events, Simulation.Counts.Frames)
        {
            Shipped = Cluster.Shipped,
        };
    }

    /// <summary>Tells every checker.</summary>
    public void Tell(Action<Checker> what)
    {
        foreach (var checker in _checkers) what(checker);
    }

    /// <summary>An actor has ended by a fault of the program.</summary>
    public void Failed(string who, string reason)
    {
        foreach (var checker in _checkers.OfType<NoActorFails>()) checker.Failed(who, reason);
    }

    /// <summary>A worker reads samples; it does so in the work that was begun last.</summary>
    public void OnRead(int[] samples)
    {
        if (_begun is not { } work) return;
        _reads[work] = _hasRead ? [.. _reads[work], .. samples] : samples;
        _hasRead = true;
    }

    private TimeSpan WorkDuration(string node, string name)
    {
        (_begun, _hasRead) = (WorkName.Parse(name), false);
        if (_begun is { } work) _reads.TryAdd(work, []); // shards without samples read nothing
        return (name[0] switch
        {
            's' => Scenario.Work,
            'e' => Scenario.Work / 4,
            'k' => TimeSpan.FromMilliseconds(5),
            'c' => TimeSpan.FromMilliseconds(150),
            _ => TimeSpan.FromMilliseconds(300),
        }) * (0.5 + _work.NextFloat());
    }

    private void OnViolated(Checker checker, string sentence)
    {
        _violations.Add(new Violation(checker.Property, sentence, Simulation.Now));
        Simulation.Transcript?.Invoke($"{Simulation.Now.TotalMilliseconds,12:0.0000} ms  VIOLATION of \"{checker.Property}\": {sentence}");
    }
}
