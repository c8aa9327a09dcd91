using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>The best epoch's weights are kept, whatever the disk does.</summary>
public class BestCheckpointTests
{
    private static readonly TrainingSetup Setup = TestRun.Setup(epochs: 12, rate: 0.5f);

    [Fact]
    public async Task The_best_kept_last_is_that_of_the_best_epoch()
    {
        var plain = LocalTrainer.Run(Setup);
        var store = new Store();
        var run = await TestRun.InProcess(TestRun.Options(Setup, 2) with { Checkpoints = store }, 2);
        var best = BestSoFar.Of(Setup).Add(plain.Epochs).Epoch;
        Assert.InRange(best, 1, Setup.Epochs - 2);
        Assert.Equal((best + 1) * Setup.Layout.BatchesPerEpoch, store.Best[^1].Step);
        Assert.Equal(LocalTrainer.Run(Setup with { Epochs = best + 1 }).Fingerprint, Fingerprint.Of(store.Best[^1].Weights));
        Assert.Equal($"step {Setup.TotalSteps}", run.LastCheckpoint);
    }

    [Fact]
    public async Task Checkpoints_far_from_each_other_leave_out_epochs_and_never_the_best_or_the_last()
    {
        var store = new Store();
        var run = await TestRun.InProcess(TestRun.Options(Setup, 2) with { Checkpoints = store, CheckpointSpacing = TimeSpan.FromDays(1) }, 2);
        var step = (BestSoFar.Of(Setup).Add(run.Epochs).Epoch + 1) * Setup.Layout.BatchesPerEpoch;
        Assert.InRange(step, 1, Setup.TotalSteps - 1);
        Assert.Equal([step], store.Best.Select(snapshot => snapshot.Step));
        Assert.Equal([step, Setup.TotalSteps], store.All.Select(snapshot => snapshot.Step));
    }

    /// <summary>The first write lasts until the last epoch is over, so that all others fall into its pause.</summary>
    [Fact]
    public async Task A_disk_that_is_busy_all_the_time_gets_the_best_when_it_is_free()
    {
        using var free = new ManualResetEventSlim();
        var store = new Store { Gate = free };
        var recorder = new TestRun.Recorder(happened =>
        {
            if (happened is RunEvent.EpochEnded { Result: { } result } && result.Epoch == Setup.Epochs - 1) free.Set();
        });
        await using var host = new InProcessHost();
        var coordinator = host.Spawn("coordinator", () => new CoordinatorActor(
            TestRun.Options(Setup, 1) with { Checkpoints = store, CheckpointEvery = 1 }, recorder), Supervision.Never);
        host.Spawn("worker/1", () => TestRun.Worker(Setup, coordinator, "worker/1"), Supervision.Never);
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        var best = BestSoFar.Of(Setup).Add(recorder.Result!.Epochs).Epoch;
        Assert.InRange(best, 1, Setup.Epochs - 2);
        var step = (best + 1) * Setup.Layout.BatchesPerEpoch;
        Assert.Equal([step], store.Best.Select(snapshot => snapshot.Step));
        Assert.Equal([1, step, Setup.TotalSteps], store.All.Select(snapshot => snapshot.Step));
        Assert.Equal($"step {Setup.TotalSteps}", recorder.Result.LastCheckpoint);
    }

    [Fact]
    public async Task A_best_that_cannot_be_written_is_told_and_the_step_is_written_all_the_same()
    {
        var store = new Store { Refuses = true };
        await using var host = new InProcessHost();
        var recorder = new TestRun.Recorder();
        var setup = Setup with { Epochs = 1 };
        var coordinator = host.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, 1) with { Checkpoints = store }, recorder),
            Supervision.Never);
        host.Spawn("worker/1", () => TestRun.Worker(setup, coordinator, "worker/1"), Supervision.Never);
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        Assert.Contains(new RunEvent.CheckpointFailed("the disk is full"), recorder.Events);
        Assert.Equal($"step {setup.TotalSteps}", recorder.Result!.LastCheckpoint);
    }

    [Fact]
    public async Task Epochs_that_are_trials_have_no_best()
    {
        var store = new Store();
        await TestRun.InProcess(TestRun.Options(Setup with { Batch = 90, Optimizer = new SteepestDescent() }, 1) with { Checkpoints = store }, 1);
        Assert.Empty(store.Best);
        Assert.NotEmpty(store.All);
    }

    private sealed class Store : ICheckpointStore
    {
        public List<RunSnapshot> All { get; } = [];

        public List<RunSnapshot> Best { get; } = [];

        /// <summary>What the first write waits for.</summary>
        public ManualResetEventSlim? Gate { get; init; }

        public bool Refuses { get; init; }

        public void SaveBest(RunSnapshot snapshot)
        {
            if (Refuses) throw new IOException("the disk is full");
            Best.Add(snapshot);
        }

        public string Save(RunSnapshot snapshot)
        {
            Assert.True(Gate?.Wait(TestRun.Patience) ?? true);
            All.Add(snapshot);
            return $"step {snapshot.Step}";
        }
    }
}
