using Distributed.Actors;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Standby;
using Distributed.Coordinator.Tests.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Worker;

namespace Distributed.Coordinator.Tests.Standby;

/// <summary>A run in virtual time with a coordinator, standbys and three workers who know all of them, and one disk for their checkpoints.</summary>
/// <remarks>A partial sum takes 0.1 s of work, so a step takes about 0.3 s; a lost node is noticed after 0.5 s, a takeover comes after 2 s.</remarks>
internal sealed class Reigns
{
    public static readonly TimeSpan TakeoverAfter = TimeSpan.FromSeconds(2);

    private static readonly Lazy<string> Plain = new(() => LocalTrainer.Run(TestRun.Setup(epochs: 6)).Fingerprint);

    private readonly TrainingSetup _setup = TestRun.Setup(epochs: 6);
    private readonly SimulatedDisk _disk;

    public Reigns(ulong seed, int standbys = 1)
    {
        _disk = new SimulatedDisk(seed)
        {
            Renamed = (host, path) =>
            {
                if (path.EndsWith(".safetensors", StringComparison.Ordinal)) Written.Add((host.Simulation.Now, host.Name, Folder(host).Standing().Term));
            },
        };
        Simulation = new Simulation(seed)
        {
            DetectionTime = TimeSpan.FromSeconds(0.5),
            WorkDuration = (_, name) => TimeSpan.FromMilliseconds(name.StartsWith("step", StringComparison.Ordinal) ? 100 : 5),
        };
        Coordinators = [.. Enumerable.Range(0, 1 + standbys).Select(i => Simulation.AddNode(i == 0 ? "primary" : $"standby-{i}"))];
        Lead(Primary, folder => folder.Claim("primary"), () => null);
        foreach (var standby in Coordinators.Skip(1)) StandBy(standby);
        Workers = [.. Enumerable.Range(1, 3).Select(i => Simulation.AddNode($"worker-{i}", BootWorker))];
    }

    /// <summary>Checkpoints that came under their names: when, by whom, and the term that stood then.</summary>
    public List<(TimeSpan Time, string Node, long Standing)> Written { get; } = [];

    public Simulation Simulation { get; }

    public SimulatorHost[] Coordinators { get; }

    public SimulatorHost Primary => Coordinators[0];

    public SimulatorHost[] Workers { get; }

    /// <summary>What each coordinator has told, with the time.</summary>
    public Dictionary<string, List<(TimeSpan Time, RunEvent Event)>> Events { get; } = [];

    public Dictionary<string, StandbyEnd> StandbyEnds { get; } = [];

    public Dictionary<string, WorkerEnd> WorkerEnds { get; } = [];

    public TermClaim Standing => Folder(Primary).Standing();

    public static string Fingerprint => Plain.Value;

    public RunResult? ResultOf(SimulatorHost node) =>
        Events.GetValueOrDefault(node.Name)?.Select(entry => entry.Event).OfType<RunEvent.Ended>().SingleOrDefault()?.Result;

    public long StepOf(SimulatorHost node) =>
        Events.GetValueOrDefault(node.Name)?.Select(entry => entry.Event).OfType<RunEvent.StepCommitted>().LastOrDefault()?.Step ?? 0;

    public void Until(Func<bool> condition, string what) =>
        Assert.True(Simulation.RunUntil(condition, TimeSpan.FromMinutes(5)), $"{what}: not within 5 minutes; {Simulation.Now}");

    private CheckpointFolder Folder(SimulatorHost node) => new("checkpoints", 3, _disk.Mount(node)) { LockPatience = TimeSpan.Zero };

    private LoadedJob Job => new(_setup, new byte[32], new byte[32]);

    private void Lead(SimulatorHost node, Func<CheckpointFolder, TermClaim> claim, Func<RunSnapshot?> resume)
    {
        var folder = Folder(node);
        var claimed = claim(folder);
        Lead(node, Run(folder, claimed, resume()));
    }

    private RunOptions Run(CheckpointFolder folder, TermClaim claim, RunSnapshot? resume) => TestRun.Options(_setup, 2) with
    {
        Checkpoints = new FileCheckpointStore(folder, "the job", Job, new Notes()),
        CheckpointEvery = 1,
        Term = (uint)claim.Term,
        Claimant = claim.Claimant,
        Resume = resume,
    };

    private void Lead(SimulatorHost node, RunOptions run)
    {
        var events = Events[node.Name] = [];
        node.Spawn("coordinator", () => new CoordinatorActor(run, new TestRun.Recorder(happened => events.Add((Simulation.Now, happened)))),
            Supervision.Never);
    }

    private void StandBy(SimulatorHost node)
    {
        ActorRef[] others = [.. Coordinators.Where(other => other != node).Select(other => node.Remote(other, "coordinator"))];
        var options = new StandbyOptions(others, node.Name, new byte[32], new byte[32], TakeoverAfter, new Takeover(this, Folder(node), node.Name), end =>
        {
            StandbyEnds[node.Name] = end;
            if (end.Run is { } run) Simulation.Schedule(TimeSpan.Zero, () => Lead(node, run));
        });
        node.Spawn("coordinator", () => new StandbyActor(options), Supervision.Never);
    }

    private void BootWorker(SimulatorHost node)
    {
        var place = new WorkerDestination(new TestRun.ArrayScratch());
        node.RegisterDestination("worker", place);
        var options = new WorkerOptions([.. Coordinators.Select(one => node.Remote(one, "coordinator"))], node.Name, 0, TimeSpan.FromMinutes(2),
            () => Simulation.Now, end => WorkerEnds[node.Name] = end);
        node.Spawn("worker", () => new WorkerActor(options, new TestRun.FixedLoader(_setup), place), Supervision.Never);
    }

    private sealed class Takeover(Reigns world, CheckpointFolder folder, string name) : ITakeover
    {
        public TermClaim Standing() => folder.Standing();

        public (bool Claimed, TermClaim Claim) TryClaim(long stands) => folder.TryClaim(name, stands);

        public RunOptions Load(TermClaim claim)
        {
            var found = folder.Latest().Checkpoint?.Fit(world._setup.Model.Parameters, world._setup.Optimizer);
            return world.Run(folder, claim, found is null ? null : FileCheckpointStore.ToSnapshot(found, world._setup));
        }
    }
}
