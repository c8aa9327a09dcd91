using Distributed.Coordinator.Running;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Scheduling;
using Distributed.Coordinator.Tests.Running;
using Distributed.Engine.Training;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>What is taken down of a run is there again when its folder is read.</summary>
public sealed class RunRecorderTests : IDisposable
{
    private readonly TempFolder _parent = new();
    private readonly RunFolder _folder;

    public RunRecorderTests()
    {
        _folder = RunFolder.Create(_parent.Path, "job", "run", DateTimeOffset.UnixEpoch);
        File.WriteAllText(_folder.JobFile, "name: job\n");
    }

    [Fact]
    public async Task A_run_is_read_back_as_it_was_seen()
    {
        var setup = TestRun.Setup(epochs: 3);
        var (history, timeline) = (new RunHistory(), new RunTimeline(TimeProvider.System));
        RunResult result;
        await using (var recorder = Recorder(history, timeline, setup, 0))
        {
            var store = new RecordingStore(new Store(), recorder.OnSnapshot);
            result = await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store, Probe = recorder.Gradients }, 2, recorder);
        }
        var read = RunHistory.Read(_folder);
        Assert.Equal(setup.TotalSteps, read.Steps().Count);
        Assert.Equal(Enumerable.Range(1, (int)setup.TotalSteps).Select(step => (long)step), read.Steps().Select(step => step.Step));
        Assert.Equal(result.Epochs.Select(epoch => (double?)epoch.MeanLoss), read.Epochs().Select(epoch => epoch.TrainLoss));
        Assert.Equal(result.Epochs.Select(epoch => epoch.TestAccuracy), read.Epochs().Select(epoch => epoch.TestAccuracy));
        Assert.Equal(history.Steps(), read.Steps());
        Assert.Equal(history.Events(), read.Events());
        Assert.Equal(2, read.Events().Count(line => line.What == "joined"));
        Assert.Equal((setup.TotalSteps, "checkpoint"), read.Events().Where(line => line.What == "checkpoint").Select(line => (line.Step, line.Text)).Last());
        Assert.Equal(setup.TotalSteps, read.Layers!.Step);
        foreach (var (slice, layer) in setup.Model.Parameters.Slices.Zip(read.Layers.Layers))
        {
            var weights = result.Weights[slice.Offset..slice.End];
            Assert.Equal(slice.Name, layer.Name);
            Assert.Equal(Math.Sqrt(weights.Sum(weight => (double)weight * weight)), layer.WeightNorm!.Value, 1e-9);
            Assert.Equal(weights.Length, layer.Weights.Sum());
            Assert.Equal(weights.Length, layer.Gradients!.Sum());
            Assert.True(layer.GradientNorm > 0);
        }
        Assert.NotEmpty(timeline.Pieces());
        var board = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(_folder.TensorBoard)));
        foreach (var tag in (string[])["step/loss", "train/accuracy", "norm/gradient/linear1.weight", "weights/linear2.bias", "regions", "job"])
            Assert.True(board.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(tag)) > 0, tag);
        Assert.True(board.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) > 0, "a picture");
    }

    [Fact]
    public async Task No_checkpoint_is_ahead_of_its_curve()
    {
        var setup = TestRun.Setup(epochs: 3);
        var read = new List<(long Checkpoint, long[] Steps)>();
        await using (var recorder = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 0))
        {
            var store = new RecordingStore(new Store(step => read.Add((step, [.. RunHistory.Read(_folder).Steps().Select(line => line.Step)]))), recorder.OnSnapshot);
            await TestRun.InProcess(TestRun.Options(setup, 2) with { Checkpoints = store, CheckpointEvery = 1 }, 2, recorder);
        }
        Assert.Equal(setup.TotalSteps, read[^1].Checkpoint);
        Assert.All(read, at => Assert.Equal(Enumerable.Range(1, (int)at.Checkpoint).Select(step => (long)step), at.Steps.Where(step => step <= at.Checkpoint)));
    }

    [Fact]
    public async Task What_was_written_after_the_checkpoint_that_it_goes_on_from_does_not_count()
    {
        var setup = TestRun.Setup(epochs: 4);
        var perEpoch = setup.Layout.BatchesPerEpoch;
        var history = new RunHistory();
        await using (var first = Recorder(history, new RunTimeline(TimeProvider.System), setup, 0))
            for (var step = 1; step <= 3 * perEpoch; step++)
            {
                first.OnStep(step, (step - 1) / perEpoch, (step - 1) % perEpoch, 100 + step, step, step);
                if (step % perEpoch == 0) first.On(new RunEvent.EpochEnded(new EpochResult(step / perEpoch - 1, 100, null, null, null)));
            }
        await using (var second = Recorder(history, new RunTimeline(TimeProvider.System), setup, perEpoch))
            second.OnStep(perEpoch + 1, 1, 0, 7, 7, 7);
        var read = RunHistory.Read(_folder);
        Assert.Equal(Enumerable.Range(1, perEpoch + 1).Select(step => (long)step), read.Steps().Select(step => step.Step));
        Assert.Equal(7, read.Steps()[^1].Loss);
        Assert.Equal(1, Assert.Single(read.Epochs()).Epoch);
    }

    [Fact]
    public async Task A_line_that_was_cut_off_is_left_out_and_a_damaged_one_is_named()
    {
        var setup = TestRun.Setup(epochs: 2);
        await using (var recorder = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 0))
            for (var step = 1; step <= 3; step++) recorder.OnStep(step, 0, step - 1, 1, step, step);
        var text = await File.ReadAllTextAsync(_folder.MetricsFile);
        await File.WriteAllTextAsync(_folder.MetricsFile, text[..^20]);
        Assert.Equal(2, RunHistory.Read(_folder).Steps().Count);
        await File.WriteAllTextAsync(_folder.MetricsFile, $"{{\"kind\":\"step\",\n{text}");
        Assert.Contains($"{_folder.MetricsFile}, line 1", Assert.Throws<UserException>(() => RunHistory.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(5000)]
    public async Task A_run_goes_on_behind_the_last_whole_line(int torn)
    {
        var setup = TestRun.Setup(epochs: 2);
        await using (var killed = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 0))
            for (var step = 1; step <= 3; step++) killed.OnStep(step, 0, step - 1, 1, step, step);
        if (torn > 0) await File.AppendAllTextAsync(_folder.MetricsFile, "{\"kind\":\"step\"".PadRight(torn, ' ')[..torn]);
        await using (var next = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 2)) next.OnStep(3, 0, 2, 7, 7, 7);
        Assert.Equal([1, 1, 7], RunHistory.Read(_folder).Steps().Select(step => step.Loss));
        await File.WriteAllTextAsync(_folder.MetricsFile, new string('x', torn)); // not one whole line
        await using (var first = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 0)) first.OnStep(1, 0, 0, 5, 5, 5);
        Assert.Equal(5, Assert.Single(RunHistory.Read(_folder).Steps()).Loss);
    }

    [Fact]
    public async Task A_folder_that_takes_no_more_is_told_of_and_the_run_goes_on()
    {
        var setup = TestRun.Setup(epochs: 2);
        Directory.CreateDirectory(_folder.MetricsFile); // where a file should be
        var (history, warnings) = (new RunHistory(), new List<string>());
        await using (var recorder = new RunRecorder(_folder, history, new RunTimeline(TimeProvider.System), setup, 0, TimeProvider.System, warnings.Add))
        {
            recorder.OnStep(1, 0, 0, 1, 1, 1);
            recorder.OnSnapshot(new RunSnapshot(1, new float[setup.Model.Parameters.Count], setup.Optimizer.NewState(setup.Model.Parameters.Count), default, [], 1, 1)); // waits for nothing
        }
        Assert.Contains("takes no more of the run", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Single(history.Steps());
    }

    [Fact]
    public async Task A_thinned_curve_ends_where_the_run_does()
    {
        var setup = TestRun.Setup(epochs: RunRecorder.Points); // three steps for each point
        await using (var recorder = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), setup, 0))
        {
            for (var step = 1; step <= 7; step++) recorder.OnStep(step, 0, 0, step, step, step);
            recorder.On(new RunEvent.Ended(new RunResult(RunEnd.Stopped, "stopped", "00", 7, 7, 7, [], null, [])));
        }
        Assert.Equal([3, 6, 7], RunHistory.Read(_folder).Steps().Select(step => step.Step));
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_is_written_as_none()
    {
        await using (var recorder = Recorder(new RunHistory(), new RunTimeline(TimeProvider.System), TestRun.Setup(epochs: 1), 0))
            recorder.OnStep(1, 0, 0, double.NaN, 1, 1);
        Assert.Null(Assert.Single(RunHistory.Read(_folder).Steps()).Loss);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2000, 1)]
    [InlineData(2001, 2)]
    [InlineData(1_000_000_007, 500_001)]
    public void A_curve_has_a_bounded_number_of_points(long steps, long stride)
    {
        Assert.Equal(stride, RunRecorder.Stride(steps));
        Assert.InRange(steps / RunRecorder.Stride(steps), 1, RunRecorder.Points);
    }

    public void Dispose() => _parent.Dispose();

    private RunRecorder Recorder(RunHistory history, RunTimeline timeline, TrainingSetup setup, long step) =>
        new(_folder, history, timeline, setup, step, TimeProvider.System, problem => Assert.Fail(problem));

    private sealed class Store(Action<long>? look = null) : ICheckpointStore
    {
        public string Save(RunSnapshot snapshot)
        {
            look?.Invoke(snapshot.Step);
            return $"step {snapshot.Step}";
        }
    }
}
