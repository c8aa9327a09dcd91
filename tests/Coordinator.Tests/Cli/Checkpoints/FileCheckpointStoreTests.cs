using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;

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
        var state = job.Setup.Optimizer.NewState(count);
        momentum.CopyTo(state[0].Span);
        // Step 8 is batch 2 of epoch 2: 2 epochs of 45 and batches of 20 and 20 are behind it.
        var snapshot = new RunSnapshot(8, weights, state, new LossSum(1.0 / 3, 7, 40),
            [new EpochResult(0, 0.1, 0.5, 1.5, 0.25), new EpochResult(1, 2.0 / 3, null, null, 1.0 / 7)], 1.1, 2 * 45 + 40)
        { SkippedSteps = SkippedSteps.None.Add(2).Add(5).Add(6) };

        var path = new FileCheckpointStore(new CheckpointFolder(_folder), TestSetup.Job.ToYaml(), job, new Notes()).Save(snapshot);
        var back = FileCheckpointStore.ToSnapshot(
            Checkpoint.Load(path).Fit(job.Setup.Model.Parameters, job.Setup.Optimizer), job.Setup);

        Assert.Equal(weights, back.Weights);
        Assert.Equal(momentum, back.State[0].Span);
        Assert.Equal(
            (snapshot.Step, snapshot.EpochSum, snapshot.TrainSeconds, snapshot.Samples),
            (back.Step, back.EpochSum, back.TrainSeconds, back.Samples));
        Assert.Equal(snapshot.Epochs, back.Epochs);
        Assert.Equal(("2 5-6", path), (back.SkippedSteps.ToString(), back.Path));
    }

    [Fact]
    public void The_end_of_an_epoch_that_is_not_evaluated_yet_keeps_its_loss()
    {
        var job = TestSetup.Load();
        var count = job.Setup.Model.Parameters.Count;
        var snapshot = new RunSnapshot(6, new float[count], job.Setup.Optimizer.NewState(count), new LossSum(12.5, 8, 45),
            [new EpochResult(0, 0.1, 0.5, 1, 0.25)], 1, 90);

        var back = FileCheckpointStore.ToSnapshot(FileCheckpointStore.ToCheckpoint(snapshot, "", job), job.Setup);

        Assert.Equal((new LossSum(12.5, 8, 45), 90, 1), (back.EpochSum, back.Samples, back.Epochs.Count));
    }

    [Fact]
    public void The_best_is_kept_beside_the_others_and_is_not_gone_on_from()
    {
        var job = TestSetup.Load();
        var count = job.Setup.Model.Parameters.Count;
        var store = new FileCheckpointStore(new CheckpointFolder(_folder), TestSetup.Job.ToYaml(), job, new Notes());
        RunSnapshot At(long step) => new(step, [.. Enumerable.Repeat((float)step, count)], job.Setup.Optimizer.NewState(count), default, [], 0, 0);

        store.SaveBest(At(3));
        Assert.Null(new CheckpointFolder(_folder).Latest().Checkpoint);
        foreach (var step in new[] { 3, 6, 9, 12, 15 }) store.Save(At(step));
        store.SaveBest(At(9));

        Assert.Equal(["best", "step-00000009", "step-00000012", "step-00000015"],
            Directory.GetFiles(_folder).Select(Path.GetFileNameWithoutExtension).Order());
        Assert.Equal(15, new CheckpointFolder(_folder).Latest().Checkpoint!.Progress.Step);
        var best = CheckpointSource.Load(Path.Combine(_folder, "best.safetensors"));
        Assert.Equal((9L, 9f), (best.Progress.Step, best.Weights[0]));
    }

    [Fact]
    public void A_disk_that_refuses_is_an_IO_exception_with_a_sentence()
    {
        var job = TestSetup.Load();
        var count = job.Setup.Model.Parameters.Count;
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var store = new FileCheckpointStore(new CheckpointFolder(Path.Combine(file, "checkpoints")), "", job, new Notes());

        var refused = Assert.Throws<IOException>(() => store.Save(new RunSnapshot(1, new float[count],
            job.Setup.Optimizer.NewState(count), default, [], 0, 20)));

        Assert.Contains("cannot be made", refused.Message, StringComparison.Ordinal);
    }
}
