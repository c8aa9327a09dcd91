using Distributed.Coordinator.Embedding;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Worker;

namespace Distributed.Coordinator.Tests.Embedding;

public sealed class TrainerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Ends_with_the_weights_of_a_single_thread(int workers)
    {
        var result = await Trainer.RunAsync(() => Setup(), new TrainerOptions { Workers = workers, InProcess = true });
        Assert.Equal(RunEnd.Done, result.End);
        Assert.Equal(LocalTrainer.Run(Setup()).Fingerprint, result.Fingerprint);
    }

    [Fact]
    public async Task Stops_when_it_is_asked_to()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var result = await Trainer.RunAsync(() => Setup(epochs: 100_000), new TrainerOptions { Workers = 1, InProcess = true }, stop.Token);
        Assert.Equal(RunEnd.Stopped, result.End);
    }

    [Fact]
    public async Task A_run_whose_numbers_are_not_finite_is_an_exception_with_the_reason()
    {
        var wrong = await Assert.ThrowsAsync<TrainingFailedException>(() => Trainer.RunAsync(() => Setup(rate: 1e30f), new TrainerOptions { Workers = 1, InProcess = true }));
        Assert.Contains("step", wrong.Message);
        Assert.Equal(RunEnd.Failed, wrong.Result!.End);
    }

    [Fact]
    public void Refuses_to_be_without_workers() =>
        Assert.Contains("a run has 1 to", Assert.Throws<ArgumentOutOfRangeException>(() => new TrainerOptions { Workers = 0 }).Message);

    [Fact]
    public async Task Works_only_where_it_was_started_as_a_worker()
    {
        Assert.False(Trainer.IsWorker);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Trainer.WorkAsync(() => Setup()));
    }

    [Fact]
    public void A_process_that_builds_the_same_is_let_in()
    {
        var (job, text) = SetupText.Load(Setup());
        var loaded = new SetupLoader(() => Setup()).Load(text);
        Assert.Equal(job.JobFingerprint, loaded.JobFingerprint);
        Assert.Equal(job.DataFingerprint, loaded.DataFingerprint);
    }

    [Fact]
    public void A_process_that_builds_something_else_is_told_what_differs()
    {
        var (_, text) = SetupText.Load(Setup());
        var wrong = Assert.Throws<JobLoadException>(() => new SetupLoader(() => Setup(epochs: 7, rate: 0.25f)).Load(text));
        Assert.Contains("epochs is 7 here, 2 there", wrong.Message);
        Assert.Contains("optimizer is Sgd { ", wrong.Message);
        Assert.DoesNotContain("batch is", wrong.Message);
    }

    [Fact]
    public void A_process_whose_weights_begin_otherwise_is_told_so()
    {
        var (_, text) = SetupText.Load(Setup());
        Assert.Contains("initial weights is", Assert.Throws<JobLoadException>(() => new SetupLoader(() => Setup(seed: 2)).Load(text)).Message);
    }

    private static TrainingSetup Setup(int epochs = 2, float rate = 0.5f, ulong seed = 1)
    {
        var points = Spirals.Generate(arms: 3, samplesPerArm: 20, noise: 0.2f, seed: 1);
        var model = new Model(new Sequential(new Linear(8), new ReLU(), new Linear(points.Classes)), points.SampleShape, points.Classes, new SoftmaxCrossEntropyLoss());
        return new TrainingSetup(model, points, points, new Sgd(rate), null, Batch: 20, Shards: 4, epochs, seed);
    }
}
