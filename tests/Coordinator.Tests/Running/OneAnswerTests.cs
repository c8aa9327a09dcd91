using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>The fingerprint is that of a plain loop in one thread, whoever computes and whatever happens.</summary>
public class OneAnswerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Any_number_of_workers_gives_the_answer_of_the_plain_loop(int workers)
    {
        var setup = TestRun.Setup();
        var plain = LocalTrainer.Run(setup);

        var run = await TestRun.InProcess(TestRun.Options(setup, workers), workers);

        Assert.Equal(RunEnd.Done, run.End);
        Assert.Equal(plain.Fingerprint, run.Fingerprint);
        Assert.Equal(plain.LossHistory, run.LossHistory);
        Assert.Equal(plain.TestAccuracyHistory, run.AccuracyHistory);
        Assert.Equal(setup.TotalSteps, run.Steps);
        Assert.Equal(setup.Epochs * setup.Train.Count, run.Samples);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(65536)]
    public async Task The_size_of_chunks_does_not_show(int elements)
    {
        var setup = TestRun.Setup(epochs: 1);

        var run = await TestRun.InProcess(TestRun.Options(setup, 2) with { ChunkElements = elements }, 2);

        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, run.Fingerprint);
    }

    [Fact]
    public async Task The_answer_depends_on_the_number_of_shards_and_the_seed_so_the_comparison_can_fail()
    {
        var setup = TestRun.Setup(epochs: 1);
        var fingerprint = (await TestRun.InProcess(TestRun.Options(setup, 1), 1)).Fingerprint;

        Assert.NotEqual(fingerprint, LocalTrainer.Run(TestRun.Setup(epochs: 1, shards: 1)).Fingerprint);
        Assert.NotEqual(fingerprint, LocalTrainer.Run(setup with { Seed = 8 }).Fingerprint);
    }

    [Fact]
    public async Task Workers_lost_and_joined_in_the_middle_change_nothing()
    {
        var setup = TestRun.Setup(epochs: 20);
        var plain = LocalTrainer.Run(setup);
        await using var host = new InProcessHost();
        var spawned = 0;
        var live = new Queue<ActorRef>();
        ActorRef? coordinator = null;
        void Add()
        {
            var name = $"worker/{++spawned}";
            live.Enqueue(host.Spawn(name, () => TestRun.Worker(setup, coordinator!, name), Supervision.Never));
        }
        var recorder = new TestRun.Recorder(happened =>
        {
            if (happened is not RunEvent.StepCommitted { Step: var step }) return;
            if (step % 7 == 3) host.Stop(live.Dequeue());
            if (step % 7 == 4) Add();
        });
        coordinator = host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 2), recorder), Supervision.Never);
        Add();
        Add();
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        Assert.Equal(plain.Fingerprint, recorder.Result!.Fingerprint);
        Assert.Equal(plain.LossHistory, recorder.Result.LossHistory);
        Assert.Equal(plain.TestAccuracyHistory, recorder.Result.AccuracyHistory);
        var lost = recorder.Events.OfType<RunEvent.WorkerLost>().ToArray();
        Assert.True(lost.Length >= 5, $"only {lost.Length} workers were lost");
        Assert.Contains(lost, one => one.Moved > 0);
    }

    [Fact]
    public async Task A_run_stopped_and_resumed_with_other_workers_gives_the_same_answer()
    {
        var setup = TestRun.Setup(epochs: 6);
        var plain = LocalTrainer.Run(setup);
        var store = new Store();
        await using var host = new InProcessHost();
        ActorRef? coordinator = null;
        var recorder = new TestRun.Recorder(happened =>
        {
            if (happened is RunEvent.StepCommitted { Step: 10 }) coordinator!.Tell(new StopRun("asked"));
        });
        var options = TestRun.Options(setup, 2) with { Checkpoints = store };
        coordinator = host.Spawn("coordinator", () => new CoordinatorActor(options, recorder), Supervision.Never);
        for (var i = 1; i <= 2; i++)
        {
            var name = $"worker/{i}";
            host.Spawn(name, () => TestRun.Worker(setup, coordinator, name), Supervision.Never);
        }
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        var stopped = recorder.Result!;
        Assert.Equal(RunEnd.Stopped, stopped.End);
        Assert.InRange(stopped.Steps, 10, setup.TotalSteps - 1);
        Assert.NotNull(store.Last);
        Assert.Equal(stopped.Steps, store.Last.Step);

        var resumed = await TestRun.InProcess(TestRun.Options(setup, 3) with { Resume = store.Last }, 3);

        Assert.Equal(plain.Fingerprint, resumed.Fingerprint);
        Assert.Equal(plain.LossHistory, resumed.LossHistory);
        Assert.Equal(plain.TestAccuracyHistory, resumed.AccuracyHistory);
    }

    /// <summary>From every snapshot that a run takes, at steps in mid-epoch and at their ends, the same answer is reached.</summary>
    [Fact]
    public async Task Every_snapshot_leads_to_the_same_answer()
    {
        var setup = TestRun.Setup(epochs: 2);
        var plain = LocalTrainer.Run(setup);
        var store = new Store();
        // A snapshot is left out while the one before is being written: how many a run gives is a matter of time.
        for (var runs = 0; store.All.Count(snapshot => snapshot.Step < setup.TotalSteps) < 2; runs++)
        {
            Assert.True(runs < 100, $"only {store.All.Count} snapshots of {runs} runs, those of their ends among them");
            await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2);
            Assert.Equal(setup.TotalSteps, store.Last!.Step);
        }

        foreach (var snapshot in store.All)
        {
            var resumed = await TestRun.InProcess(TestRun.Options(setup, 1) with { Resume = snapshot }, 1);
            Assert.Equal(plain.Fingerprint, resumed.Fingerprint);
            Assert.Equal(plain.LossHistory, resumed.LossHistory);
            Assert.Equal(plain.TestAccuracyHistory, resumed.AccuracyHistory);
        }
    }

    [Fact]
    public async Task A_loss_that_is_no_number_ends_the_run_with_a_sentence()
    {
        var run = await TestRun.InProcess(TestRun.Options(TestRun.Setup(rate: 1e30f), 2), 2);

        Assert.Equal(RunEnd.Failed, run.End);
        Assert.Matches(@"a number of step \d+ \(epoch \d\) is not finite: ", run.Reason);
        Assert.Contains("learning rate", run.Reason);
    }

    private sealed class Store : ICheckpointStore
    {
        public List<RunSnapshot> All { get; } = [];

        public RunSnapshot? Last => All.LastOrDefault();

        public string Save(RunSnapshot snapshot)
        {
            All.Add(snapshot);
            return $"step {snapshot.Step}";
        }
    }
}
