using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>The very actors in virtual time: nodes are killed and started again, connections break, the coordinator goes on from a checkpoint.</summary>
public class SimulatedRunTests
{
    private const int Seeds = 25;

    [Fact]
    public void Whatever_fails_the_answer_is_that_of_the_plain_loop()
    {
        var total = HasTheAnswerOfThePlainLoop(TestRun.Setup(epochs: 8));
        Assert.True(total is { WorkersKilled: > Seeds, CoordinatorsKilled: > Seeds / 5, Disconnected: > Seeds, ShardsMoved: > Seeds, Resumed: > 3 },
            $"the faults were to happen: {total}");
    }

    /// <summary>Which steps are skipped is part of the answer: the record outlives coordinators.</summary>
    [Fact]
    public void Whatever_fails_the_same_steps_are_skipped()
    {
        var total = HasTheAnswerOfThePlainLoop(NonFiniteSetups.Spirals([17, 71], epochs: 6) with { OnNonFinite = NonFinitePolicy.Skip });
        Assert.True(total is { WorkersKilled: > Seeds / 2, CoordinatorsKilled: > 3, Resumed: > 1 }, $"the faults were to happen: {total}");
    }

    private static Faults HasTheAnswerOfThePlainLoop(TrainingSetup setup)
    {
        var plain = LocalTrainer.Run(setup);
        var total = new Faults();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var run = new FaultyRun(setup, seed);
            Assert.True(run.Simulation.RunUntil(() => run.Result is not null, TimeSpan.FromHours(1)), $"seed {seed}: no end within an hour");
            Assert.True(run.Result!.End == RunEnd.Done, $"seed {seed}: {run.Result.Reason}");
            Assert.True(plain.Fingerprint == run.Result.Fingerprint, $"seed {seed}: another answer");
            Assert.Equal(plain.SkippedSteps.ToString(), run.Result.SkippedSteps.ToString());
            Assert.Equal(plain.LossHistory, run.Result.LossHistory);
            Assert.Equal(plain.TestAccuracyHistory, run.Result.AccuracyHistory);
            total += run.Faults;
        }
        return total;
    }

    [Fact]
    public void A_seed_is_replayed_to_the_message()
    {
        string[] Transcript(ulong seed)
        {
            var lines = new List<string>();
            var run = new FaultyRun(TestRun.Setup(epochs: 2), seed);
            run.Simulation.Transcript = lines.Add;
            Assert.True(run.Simulation.RunUntil(() => run.Result is not null, TimeSpan.FromHours(1)), $"seed {seed}");
            return [.. lines];
        }

        Assert.Equal(Transcript(3), Transcript(3));
        Assert.NotEqual(Transcript(3), Transcript(4));
    }

    private readonly record struct Faults(int WorkersKilled, int CoordinatorsKilled, int Disconnected, int ShardsMoved, int Resumed)
    {
        public static Faults operator +(Faults a, Faults b) => new(a.WorkersKilled + b.WorkersKilled, a.CoordinatorsKilled + b.CoordinatorsKilled,
            a.Disconnected + b.Disconnected, a.ShardsMoved + b.ShardsMoved, a.Resumed + b.Resumed);
    }

    /// <summary>A coordinator and three workers, a fault about every fifth of a virtual second until there were twenty.</summary>
    private sealed class FaultyRun : IRunObserver, ICheckpointStore
    {
        private readonly TestRandom _random;
        private readonly TrainingSetup _setup;
        private readonly SimulatorHost _coordinator;
        private readonly SimulatorHost[] _workers;
        private RunSnapshot? _saved;
        private int _faultsLeft = 20;

        public FaultyRun(TrainingSetup setup, ulong seed)
        {
            _setup = setup;
            _random = new TestRandom((uint)seed);
            Simulation = new Simulation(seed) { DetectionTime = TimeSpan.FromMilliseconds(300) };
            _coordinator = Simulation.AddNode("coordinator", BootCoordinator);
            _workers = [.. Enumerable.Range(1, 3).Select(i => Simulation.AddNode($"worker-{i}", BootWorker))];
            Simulation.Schedule(Delay(), Fault);
        }

        public Simulation Simulation { get; }

        public RunResult? Result { get; private set; }

        public Faults Faults { get; private set; }

        public void On(RunEvent happened)
        {
            if (happened is RunEvent.Ended ended) Result = ended.Result;
            if (happened is RunEvent.WorkerLost lost) Faults += new Faults(0, 0, 0, lost.Moved, 0);
        }

        public string Save(RunSnapshot snapshot)
        {
            _saved = snapshot;
            return $"step {snapshot.Step}";
        }

        private void BootCoordinator(SimulatorHost node)
        {
            if (_saved is not null) Faults += new Faults(0, 0, 0, 0, 1);
            var options = TestRun.Options(_setup, 2) with { Checkpoints = this, CheckpointEvery = 2, Resume = _saved };
            node.Spawn("coordinator", () => new CoordinatorActor(options, this), Supervision.Never);
        }

        private void BootWorker(SimulatorHost node)
        {
            var leader = node.Remote(_coordinator, "coordinator");
            node.Spawn("worker", () => TestRun.Worker(_setup, leader, node.Name,
                destination: place => node.RegisterDestination("worker", place), clock: () => Simulation.Now), Supervision.Never);
        }

        private TimeSpan Delay() => TimeSpan.FromMilliseconds(50 + _random.Next(300));

        private void Fault()
        {
            if (_faultsLeft-- == 0 || Result is not null) return;
            var worker = _workers[_random.Next(_workers.Length)];
            switch (_random.Next(5))
            {
                case 0:
                    if (!_coordinator.IsAlive) break;
                    _coordinator.Kill();
                    Faults += new Faults(0, 1, 0, 0, 0);
                    Simulation.Schedule(Delay(), _coordinator.Restart);
                    break;
                case 1 or 2:
                    if (!worker.IsAlive) break;
                    worker.Kill();
                    Faults += new Faults(1, 0, 0, 0, 0);
                    Simulation.Schedule(Delay(), worker.Restart);
                    break;
                default:
                    if (!worker.IsAlive || !_coordinator.IsAlive) break;
                    Simulation.Disconnect(_coordinator, worker, Delay());
                    Faults += new Faults(0, 0, 1, 0, 0);
                    break;
            }
            Simulation.Schedule(Delay(), Fault);
        }
    }
}
