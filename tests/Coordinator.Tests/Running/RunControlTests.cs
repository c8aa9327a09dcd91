using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>What is asked of a coordinator from outside, in virtual time.</summary>
public class RunControlTests
{
    private static readonly TrainingSetup Setup = TestRun.Setup(epochs: 3);
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(1);

    /// <summary>At every moment of a step: before its chunks come, between two of them, while the test set is evaluated.</summary>
    [Fact]
    public void A_rate_that_is_set_at_any_moment_gives_the_answer_of_a_job_that_says_so()
    {
        var steps = new HashSet<long>();
        for (var moment = 0.05; moment < 8; moment += 0.35)
            for (var workers = 1; workers <= 5; workers += 2)
            {
                RateAnswer? answer = null;
                var run = new Run(Setup, workers, keeps: false);
                run.At(TimeSpan.FromSeconds(moment), new SetRate(0.02f, told => answer = told));
                var result = run.ToEnd();

                Assert.NotNull(answer);
                Assert.Null(answer.Problem);
                Assert.Null(answer.Recorded);
                Assert.Equal([answer.Change!.Value], result.RateChanges.All);
                Assert.Equal([answer.Change.Value], run.Events.OfType<RunEvent.RateSet>().Select(set => set.Change));
                var wanted = LocalTrainer.Run(Setup with { RateChanges = result.RateChanges }).Fingerprint;
                Assert.True(wanted == result.Fingerprint, $"{workers} workers, after {moment:0.00} s (step {answer.Change.Value.Step}): another answer");
                Assert.NotEqual(LocalTrainer.Run(Setup).Fingerprint, result.Fingerprint);
                steps.Add(answer.Change.Value.Step);
            }
        Assert.True(steps.Count > 5, $"{steps.Count} different steps");
    }

    [Fact]
    public void A_rate_is_answered_when_a_checkpoint_has_it_and_the_run_goes_on_from_there_to_the_same_answer()
    {
        RateAnswer? answer = null;
        var run = new Run(Setup, workers: 2, saveTime: StepTime * 5);
        run.At(StepTime * 1.5, new SetRate(0.02f, told => answer = told));
        run.Until(() => run.Steps == 2);
        Assert.False(run.Until(() => run.Steps > 2 || answer is not null, StepTime * 4.9), "neither is it answered nor does the run go on");
        run.Until(() => answer is not null);
        Assert.Equal(2, run.Steps);
        var result = run.ToEnd();

        var saved = run.Saved.First(snapshot => snapshot.RateChanges.Count > 0);
        Assert.Equal(new RateChange(2, 0.02f), answer!.Change);
        Assert.Equal((Run.PathOf(2), 2), (answer.Recorded!.Path, saved.Step));
        Assert.Equal(LocalTrainer.Run(Setup with { RateChanges = RateChanges.Of(new RateChange(2, 0.02f)) }).Fingerprint, result.Fingerprint);
        var again = new Run(Setup, workers: 3, resume: saved);
        Assert.Equal(result.Fingerprint, again.ToEnd().Fingerprint);
    }

    /// <summary>Before a step, in it, while the test set is evaluated: a checkpoint that has the rate is there before weights are made with it.</summary>
    [Fact]
    public void No_step_begins_with_a_rate_that_no_checkpoint_has()
    {
        for (var moment = 0.0; moment < 8; moment += 0.23)
        {
            RateAnswer? answer = null;
            var run = new Run(Setup, workers: 2, saveTime: StepTime / 3, every: moment % 2 < 1 ? 1 : 0);
            run.At(TimeSpan.FromSeconds(moment), new SetRate(0.02f, told => answer = told));
            var result = run.ToEnd();

            Assert.NotNull(answer);
            Assert.Equal(answer.Change, Assert.Single(result.RateChanges.All));
            Assert.Equal(answer.Change!.Value.Step, run.Saved.First(snapshot => snapshot.RateChanges.Count > 0).Step);
            Assert.Equal(LocalTrainer.Run(Setup with { RateChanges = result.RateChanges }).Fingerprint, result.Fingerprint);
            Assert.All(run.Saved.CountBy(snapshot => snapshot.Step), saved => Assert.Equal(1, saved.Value)); // none over another
        }
    }

    [Fact]
    public void A_rate_that_the_disk_refuses_is_not_set()
    {
        var answers = new List<RateAnswer>();
        var run = new Run(Setup, workers: 2, refuses: "no room on the disk");
        run.At(StepTime * 1.5, new SetRate(0.02f, answers.Add));
        var result = run.ToEnd();

        Assert.Equal([new RateAnswer(null, new CheckpointAnswer(null, 2, "no room on the disk"), "no room on the disk")], answers);
        Assert.Empty(result.RateChanges.All);
        Assert.Equal(LocalTrainer.Run(Setup).Fingerprint, result.Fingerprint);
    }

    [Fact]
    public void Of_rates_that_are_set_in_one_step_the_last_counts_and_each_is_told()
    {
        var answers = new List<RateAnswer>();
        var run = new Run(Setup, workers: 2);
        foreach (var rate in (float[])[0.02f, 0.03f]) run.At(StepTime * 1.5, new SetRate(rate, answers.Add));
        var result = run.ToEnd();

        Assert.Equal([new RateChange(2, 0.03f)], result.RateChanges.All);
        Assert.Equal([new RateChange(2, 0.03f), new RateChange(2, 0.03f)], answers.Select(answer => answer.Change!.Value));
    }

    [Fact]
    public void A_run_that_is_stopped_while_its_rate_is_written_down_ends_with_it()
    {
        RateAnswer? answer = null;
        var run = new Run(Setup, workers: 2, saveTime: StepTime * 5);
        run.At(StepTime * 1.5, new SetRate(0.02f, told => answer = told));
        run.Until(() => run.Steps == 2);
        run.Tell(new StopRun("enough"));
        var result = run.ToEnd(RunEnd.Stopped);

        Assert.Equal(new RateChange(2, 0.02f), answer?.Change);
        Assert.Equal((2, 1), (result.Steps, run.Saved.Count));
        var again = new Run(Setup, workers: 1, resume: run.Saved[0]);
        Assert.Equal(LocalTrainer.Run(Setup with { RateChanges = result.RateChanges }).Fingerprint, again.ToEnd().Fingerprint);
    }

    [Fact]
    public void Rates_that_were_set_before_are_kept_when_the_run_goes_back_behind_them()
    {
        var first = new Run(Setup, workers: 2);
        first.At(StepTime * 4.5, new SetRate(0.02f, _ => { }));
        var result = first.ToEnd();
        var before = first.Saved.First(snapshot => snapshot.RateChanges.Count == 0);

        var again = new Run(Setup, workers: 2, resume: before, rates: result.RateChanges);

        Assert.Equal(result.Fingerprint, again.ToEnd().Fingerprint);
        Assert.Equal((before.Step, result.RateChanges.All), (again.Saved[0].Step, again.Saved[0].RateChanges.All)); // before any step
    }

    [Fact]
    public void A_rate_that_cannot_be_set_is_refused_with_a_sentence()
    {
        var answers = new List<RateAnswer>();
        var run = new Run(Setup with { RateChanges = RateChanges.Of(new RateChange(8, 1)) }, workers: 1);
        foreach (var rate in (float[])[-1, float.NaN, 0.1f]) run.At(StepTime, new SetRate(rate, answers.Add));
        run.ToEnd();
        var search = new Run(Setup with { Optimizer = new SteepestDescent(), Batch = 90 }, workers: 1);
        search.At(StepTime / 2, new SetRate(0.1f, answers.Add));
        search.ToEnd();

        Assert.All(answers, answer => Assert.Null(answer.Change));
        Assert.Collection(answers.Select(answer => answer.Problem!),
            problem => Assert.EndsWith("at least 0; came -1", problem, StringComparison.Ordinal),
            problem => Assert.EndsWith("at least 0; came NaN", problem, StringComparison.Ordinal),
            problem => Assert.EndsWith("for step 8 already, which is still to come", problem, StringComparison.Ordinal),
            problem => Assert.EndsWith("has no learning rate", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_that_is_asked_for_is_written_after_the_step_in_progress_and_answers_all_who_asked()
    {
        var answers = new List<CheckpointAnswer>();
        var run = new Run(Setup, workers: 2);
        run.At(StepTime * 1.4, new TakeCheckpoint(answers.Add));
        run.At(StepTime * 1.5, new TakeCheckpoint(answers.Add));
        run.Until(() => answers.Count > 0);

        Assert.Equal(2, answers.Count);
        Assert.All(answers, answer => Assert.Equal(new CheckpointAnswer(Run.PathOf(2), 2, null), answer));
        Assert.Equal([2], run.Saved.Select(snapshot => (int)snapshot.Step)); // the epoch has three steps
        run.ToEnd();
    }

    [Fact]
    public void Who_asks_while_a_checkpoint_is_written_gets_the_next_one()
    {
        var answers = new List<CheckpointAnswer>();
        var run = new Run(Setup, workers: 1, saveTime: StepTime * 1.2);
        run.At(StepTime * 0.5, new TakeCheckpoint(answers.Add));
        run.At(StepTime * 1.5, new TakeCheckpoint(answers.Add));
        run.ToEnd();

        Assert.Equal([1, 2], answers.Select(answer => (int)answer.Step)); // the first is written from 1.0 to 2.2 s
    }

    /// <summary>Though a checkpoint of that very step is there.</summary>
    [Fact]
    public void A_run_that_is_stopped_in_mid_step_without_workers_says_that_the_last_checkpoint_stands()
    {
        CheckpointAnswer? answer = null;
        var run = new Run(Setup, workers: 1);
        run.At(StepTime * 0.5, new TakeCheckpoint(told => answer = told));
        run.At(StepTime * 1.6, new DescribeRun(_ => { })); // some chunks of the next version are made
        run.KillWorkers();
        run.Until(() => run.Events.OfType<RunEvent.WorkerLost>().Any());
        run.Tell(new StopRun("enough"));
        var result = run.ToEnd(RunEnd.Stopped);

        Assert.Equal((1, 1), (answer!.Step, result.Steps));
        Assert.EndsWith("so the last checkpoint stands", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_refuses_is_the_answer()
    {
        var answers = new List<CheckpointAnswer>();
        var run = new Run(Setup, workers: 1, refuses: "no room on the disk");
        run.At(StepTime * 0.5, new TakeCheckpoint(answers.Add));
        run.ToEnd();

        Assert.Equal([new CheckpointAnswer(null, 1, "no room on the disk")], answers);
    }

    [Fact]
    public void A_run_that_keeps_no_checkpoints_says_so()
    {
        var answers = new List<CheckpointAnswer>();
        var run = new Run(Setup, workers: 1, keeps: false);
        run.At(StepTime * 0.5, new TakeCheckpoint(answers.Add));
        run.ToEnd();
        Assert.True(Assert.Single(answers).IsRefused);
        Assert.Contains("--checkpoints", answers[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_where_the_run_stands_and_who_takes_part()
    {
        var told = new List<RunDescription>();
        var run = new Run(Setup, workers: 2);
        run.At(TimeSpan.Zero, new DescribeRun(told.Add));
        run.At(StepTime * 1.5, new DescribeRun(told.Add));
        run.ToEnd();

        Assert.Equal(RunPhase.Waiting, told[0].Phase);
        Assert.Equal((RunPhase.Training, 1), (told[1].Phase, told[1].Step));
        Assert.Equal([1, 2], told[1].Workers.Select(worker => worker.Number));
        Assert.All(told[1].Workers, worker =>
        {
            Assert.Equal(WorkerPhase.Working, worker.Phase);
            Assert.Equal(1, worker.Held);
            Assert.InRange(worker.Units, 1, 8);
        });
    }

    /// <summary>One in the simulator, where a worker takes a second for its share and the network no time.</summary>
    private sealed class Run
    {
        private readonly Simulation _simulation;
        private readonly SimulatorHost _leader;
        private readonly TestRun.Recorder _recorder = new();
        private readonly ActorRef _coordinator;
        private TimeSpan _begun;

        public Run(TrainingSetup setup, int workers, bool keeps = true, RunSnapshot? resume = null, RateChanges? rates = null, TimeSpan saveTime = default,
            string? refuses = null, int every = 0)
        {
            _simulation = new Simulation(seed: 1)
            {
                WorkDuration = (_, name) => name.StartsWith("step", StringComparison.Ordinal) ? StepTime
                    : name.StartsWith("checkpoint", StringComparison.Ordinal) ? saveTime
                    : TimeSpan.FromMilliseconds(1),
            };
            var options = TestRun.Options(setup, workers) with
            {
                Resume = resume,
                RateChanges = rates,
                CheckpointEvery = every,
                Checkpoints = keeps ? new Store(Saved, refuses) : null,
            };
            ActorRef? coordinator = null;
            _leader = _simulation.AddNode("coordinator", node => coordinator = node.Spawn("coordinator", () => new CoordinatorActor(options, _recorder), Supervision.Never));
            _coordinator = coordinator!;
            for (var i = 1; i <= workers; i++)
                _simulation.AddNode($"worker-{i}", node => node.Spawn("worker", () => TestRun.Worker(setup, node.Remote(_leader, "coordinator"), node.Name,
                    destination: place => node.RegisterDestination("worker", place), clock: () => _simulation.Now), Supervision.Never));
        }

        public List<RunSnapshot> Saved { get; } = [];

        public IReadOnlyList<RunEvent> Events => _recorder.Events;

        /// <summary>Committed.</summary>
        public int Steps => Events.OfType<RunEvent.StepCommitted>().Count();

        public static string PathOf(long step) => $"step {step}";

        /// <param name="after">Since all workers have joined.</param>
        public void At(TimeSpan after, object message)
        {
            if (after > TimeSpan.Zero && _begun == TimeSpan.Zero)
            {
                Until(() => Events.OfType<RunEvent.WorkerJoined>().Any());
                _begun = _simulation.Now;
            }
            Assert.False(_simulation.RunUntil(() => false, _begun + after - _simulation.Now), "it does not end by itself");
            Tell(message);
        }

        public void Tell(object message) => _coordinator.Tell(message);

        public void Until(Func<bool> condition) => Assert.True(Until(condition, TimeSpan.FromMinutes(10)), "not within ten minutes");

        public void KillWorkers()
        {
            foreach (var node in _simulation.Nodes)
                if (node != _leader) node.Kill();
        }

        public bool Until(Func<bool> condition, TimeSpan most) => _simulation.RunUntil(condition, most);

        public RunResult ToEnd(RunEnd end = RunEnd.Done)
        {
            Until(() => _recorder.Result is not null);
            Assert.Equal(end, _recorder.Result!.End);
            return _recorder.Result;
        }
    }

    private sealed class Store(List<RunSnapshot> saved, string? refuses) : ICheckpointStore
    {
        public string Save(RunSnapshot snapshot)
        {
            if (refuses is not null) throw new IOException(refuses);
            saved.Add(snapshot);
            return Run.PathOf(snapshot.Step);
        }
    }
}
