using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class EarlyStoppingTests
{
    /// <summary>Epochs by their training losses.</summary>
    private static EpochResult[] Losses(params double[] losses) => [.. losses.Select((loss, i) => new EpochResult(i, loss, null, null, null))];

    private static EpochResult[] Accuracies(params double[] accuracies) =>
        [.. accuracies.Select((accuracy, i) => new EpochResult(i, 1, null, 1 + i, accuracy))];

    private static string? Judge(EarlyStopping rule, params EpochResult[] epochs) =>
        rule.Judge(new BestSoFar(rule.Metric, rule.MinDelta).Add(epochs));

    [Fact]
    public void A_run_ends_after_so_many_epochs_without_improvement()
    {
        var two = new EarlyStopping(2);
        Assert.Null(Judge(two));
        Assert.Null(Judge(two, Losses(1)));
        Assert.Null(Judge(two, Losses(1, 2)));
        Assert.Equal("stopped early: epoch 1 was the best, and 2 epochs after it brought nothing better", Judge(two, Losses(1, 2, 1)));
        Assert.Null(Judge(two, Losses(1, 2, 0.5)));
        Assert.Null(Judge(two, Losses(1, 2, 0.5, 2)));
        Assert.NotNull(Judge(two, Losses(1, 2, 0.5, 2, 2)));
        Assert.NotNull(Judge(new EarlyStopping(1), Losses(1, 1)));
    }

    [Fact]
    public void Less_than_the_least_improvement_is_none()
    {
        Assert.Null(Judge(new EarlyStopping(1, 0.25), Losses(1, 0.5)));
        Assert.NotNull(Judge(new EarlyStopping(1, 0.25), Losses(1, 0.75)));
        // Each is little better than the one before, the third enough than the first.
        Assert.Null(Judge(new EarlyStopping(2, 0.25), Losses(1, 0.8, 0.6)));
    }

    [Fact]
    public void The_first_of_equals_is_the_best_and_NaN_the_worst()
    {
        Assert.Equal(-1, new BestSoFar().Epoch);
        Assert.Equal(1, new BestSoFar().Add(Losses(2, 1, 1, 1)).Epoch);
        Assert.Equal(1, new BestSoFar().Add(Losses(double.NaN, 3, double.PositiveInfinity)).Epoch);
        Assert.Equal(0, new BestSoFar().Add(Losses(double.NaN, double.NaN)).Epoch);
        Assert.Equal(2, new BestSoFar().Add(Accuracies(0.5, 0.7, 0.8, 0.8)).Epoch);
    }

    [Fact]
    public void The_metric_picks_what_counts()
    {
        EpochResult[] epochs = [new(0, 3, 0.1, 1, 0.5), new(1, 2, 0.2, 3, 0.9), new(2, 1, 0.3, 2, 0.7)];
        Assert.Equal(1, new BestSoFar().Add(epochs).Epoch);
        Assert.Equal(1, new BestSoFar(StopMetric.TestAccuracy).Add(epochs).Epoch);
        Assert.Equal(0, new BestSoFar(StopMetric.TestLoss).Add(epochs).Epoch);
        Assert.Equal(2, new BestSoFar(StopMetric.TrainLoss).Add(epochs).Epoch);
        Assert.Equal(0, new BestSoFar().Add([.. epochs.Select(epoch => epoch with { TestAccuracy = null })]).Epoch);
        Assert.Equal(2, new BestSoFar().Add([.. epochs.Select(epoch => epoch with { TestAccuracy = null, TestLoss = null })]).Epoch);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(1, double.NaN));
    }

    /// <summary>The answer is that of a run of as many epochs.</summary>
    [Fact]
    public void A_run_that_ends_early_is_the_begin_of_the_whole()
    {
        TrainingSetup Setup(int epochs) => new(new Model(new Linear(3), new Shape(4), 3, new SoftmaxCrossEntropyLoss()),
            new Blobs(40, new Shape(4), 3, seed: 1), new Blobs(40, new Shape(4), 3, seed: 2), new Sgd(1f), null, 10, 2, epochs, Seed: 1);
        var stopped = LocalTrainer.Run(Setup(50) with { EarlyStopping = new EarlyStopping(2) });
        Assert.InRange(stopped.Epochs.Count, 3, 49);
        var whole = LocalTrainer.Run(Setup(stopped.Epochs.Count));
        Assert.Equal(whole.Fingerprint, stopped.Fingerprint);
        Assert.Equal(stopped.Epochs.Count - 3, new BestSoFar().Add(stopped.Epochs).Epoch);
    }
}
