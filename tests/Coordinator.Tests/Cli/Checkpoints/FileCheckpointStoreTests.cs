using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;

namespace Distributed.Coordinator.Tests.Cli.Checkpoints;

public sealed class FileCheckpointStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_snapshot_in_mid_epoch_comes_back_to_the_bit()
    {
        var job = TestSetup.Load();
        var count = job.Setup.Model.Parameters.Count;
        float[] weights = [.. Enumerable.Range(0, count).Select(i => MathF.Sqrt(i + 0.1f))];
        float[] momentum = [.. Enumerable.Range(0, count).Select(i => -MathF.Sqrt(i + 0.7f))];
        // Step 8 is batch 2 of epoch 2: 2 epochs of 45 and batches of 20 and 20 are behind it.
        var snapshot = new RunSnapshot(8, weights, [momentum], 1.0 / 3, [0.1, 2.0 / 3], [0.25, 1.0 / 7], 1.1, 2 * 45 + 40);

        var path = new FileCheckpointStore(new CheckpointFolder(_folder), TestSetup.Job.ToYaml(), job, new Notes()).Save(snapshot);
        var back = FileCheckpointStore.ToSnapshot(
            Checkpoint.Load(path).Fit(job.Setup.Model.Parameters, job.Setup.Optimizer), job.Setup);

        Assert.Equal(weights, back.Weights);
        Assert.Equal(momentum, Assert.Single(back.OptimizerState));
        Assert.Equal(
            (snapshot.Step, snapshot.EpochLoss, snapshot.TrainSeconds, snapshot.Samples),
            (back.Step, back.EpochLoss, back.TrainSeconds, back.Samples));
        Assert.Equal(snapshot.LossHistory, back.LossHistory);
        Assert.Equal(snapshot.AccuracyHistory, back.AccuracyHistory);
    }

    [Fact]
    public void The_end_of_an_epoch_that_is_not_evaluated_yet_keeps_its_loss()
    {
        var job = TestSetup.Load();
        var snapshot = new RunSnapshot(6, new float[job.Setup.Model.Parameters.Count], [new float[job.Setup.Model.Parameters.Count]],
            12.5, [0.1], [0.25], 1, 90);

        var back = FileCheckpointStore.ToSnapshot(FileCheckpointStore.ToCheckpoint(snapshot, "", job), job.Setup);

        Assert.Equal((12.5, 90, 1), (back.EpochLoss, back.Samples, back.LossHistory.Count));
    }

    [Fact]
    public void A_disk_that_refuses_is_an_IO_exception_with_a_sentence()
    {
        var job = TestSetup.Load();
        var count = job.Setup.Model.Parameters.Count;
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var store = new FileCheckpointStore(new CheckpointFolder(Path.Combine(file, "checkpoints")), "", job, new Notes());

        var refused = Assert.Throws<IOException>(() => store.Save(new RunSnapshot(1, new float[count], [new float[count]], 0, [], [], 0, 20)));

        Assert.Contains("cannot be made", refused.Message, StringComparison.Ordinal);
    }
}
