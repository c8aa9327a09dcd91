using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A run that ends before its last epoch: at the same epoch and with the same weights, whoever computes.</summary>
public class EarlyStoppingTests
{
    /// <summary>A rate so high that accuracy goes up and down.</summary>
    private static readonly TrainingSetup Setup = TestRun.Setup(epochs: 40, rate: 0.5f) with { EarlyStopping = new EarlyStopping(2) };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task It_ends_where_the_plain_loop_ends(int workers)
    {
        var plain = LocalTrainer.Run(Setup);
        Assert.InRange(plain.Epochs.Count, 3, Setup.Epochs - 1);

        var run = await TestRun.InProcess(TestRun.Options(Setup, workers), workers);

        Assert.Equal(RunEnd.Done, run.End);
        Assert.Equal(Setup.EarlyStopping!.Judge(BestSoFar.Of(Setup).Add(plain.Epochs)), run.Reason);
        Assert.Equal(plain.Fingerprint, run.Fingerprint);
        Assert.Equal(plain.Epochs, run.Epochs);
        Assert.Equal(plain.Epochs.Count * Setup.Layout.BatchesPerEpoch, run.Steps);
    }

    /// <summary>From every snapshot, the very last one too: there the run is over and does not go on.</summary>
    [Fact]
    public async Task A_resumed_run_ends_at_the_same_epoch()
    {
        var plain = LocalTrainer.Run(Setup);
        var store = new Store();
        await TestRun.InProcess(TestRun.Options(Setup, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2);
        Assert.Equal(plain.Epochs.Count * Setup.Layout.BatchesPerEpoch, store.All[^1].Step);

        foreach (var snapshot in store.All)
        {
            var resumed = await TestRun.InProcess(TestRun.Options(Setup, 1) with { Resume = snapshot }, 1);
            Assert.Equal((RunEnd.Done, plain.Fingerprint), (resumed.End, resumed.Fingerprint));
            Assert.Equal(plain.Epochs, resumed.Epochs);
        }
    }

    private sealed class Store : ICheckpointStore
    {
        public List<RunSnapshot> All { get; } = [];

        public string Save(RunSnapshot snapshot)
        {
            All.Add(snapshot);
            return $"step {snapshot.Step}";
        }
    }
}
