using Distributed.Engine.Inspection;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Inspection;

public class DiagnosisTests
{
    [Theory]
    [InlineData(Finding.RateTooHigh, "not a finite number", 2.3, 2.1, double.NaN)]
    [InlineData(Finding.RateTooHigh, "epoch 2 is not a finite", 2.3, double.PositiveInfinity, 1.0, 0.5)]
    [InlineData(Finding.RateTooHigh, "rises, from 2.3000 to 3.4000", 2.3, 2.6, 3.0, 3.4)]
    [InlineData(Finding.RateTooLow, "straight line, from 2.3000 to 2.2000", 2.3, 2.28, 2.26, 2.24, 2.22, 2.2)]
    [InlineData(Finding.BatchTooSmall, "fluctuates a lot", 2.3, 1.0, 1.6, 0.7, 1.4, 0.6, 1.1)]
    [InlineData(Finding.TooShort, "there are 2", 2.3, 1.0)]
    [InlineData(Finding.Healthy, "Nothing stands out", 2.3, 1.0, 0.5, 0.3, 0.25, 0.22, 0.2)]
    public void Curves_of_the_loss(Finding finding, string said, params double[] losses)
    {
        var found = Assert.Single(Diagnosis.Of([.. losses.Select((loss, i) => new EpochResult(i, loss, null, null, null))]));
        Assert.Equal(finding, found.Finding);
        Assert.Contains(said, found.Sentence);
    }

    [Theory]
    [InlineData(Finding.Overfitting, 0.99, 0.80)]
    [InlineData(Finding.TooLittleCapacity, 0.53, 0.52)]
    [InlineData(Finding.Healthy, 0.97, 0.96)]
    [InlineData(Finding.Healthy, 0.75, 0.69)]
    public void Gaps_between_training_and_test(Finding finding, double train, double test)
    {
        double[] losses = [2.3, 1.0, 0.6, 0.5, 0.48, 0.47, 0.465];
        var epochs = losses.Select((loss, i) => new EpochResult(i, loss, train, loss, test)).ToArray();
        Assert.Equal(finding, Assert.Single(Diagnosis.Of(epochs)).Finding);
    }

    [Fact]
    public void A_long_run_that_trembles_at_its_floor_does_not_fluctuate()
    {
        EpochResult[] epochs = [.. Enumerable.Range(0, 2000).Select(i => new EpochResult(i, (0.2 / (i + 1)) + (i % 2 * 0.001), null, null, null))];
        Assert.Equal(Finding.Healthy, Assert.Single(Diagnosis.Of(epochs)).Finding);
    }

    [Fact]
    public void A_loss_that_rises_tells_nothing_of_capacity()
    {
        double[] losses = [2.3, 28, 28.2, 28.1, 28.3, 28.4];
        Assert.Equal(Finding.RateTooHigh, Assert.Single(Diagnosis.Of([.. losses.Select((loss, i) => new EpochResult(i, loss, 0.33, loss, 0.33))])).Finding);
    }

    [Theory]
    [InlineData(null, null, null, "as it should.")]
    [InlineData(0.97, 0.3, 0.96, "no large gap between training and test accuracy.")]
    [InlineData(null, 0.22, 0.96, "the test loss is close to the training loss.")]
    [InlineData(null, 0.6, 0.96, "the test loss, 0.6000, is far above the training loss, 0.2000, but does not rise.")]
    public void What_is_said_of_the_gap_was_measured(double? train, double? testLoss, double? test, string said)
    {
        double[] losses = [2.3, 1.0, 0.5, 0.3, 0.25, 0.22, 0.2];
        var found = Assert.Single(Diagnosis.Of([.. losses.Select((loss, i) => new EpochResult(i, loss, train, testLoss, test))]));
        Assert.Equal(Finding.Healthy, found.Finding);
        Assert.EndsWith(said, found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_accuracies_the_losses_are_compared()
    {
        double[] train = [1.0, 0.5, 0.25, 0.12, 0.06], test = [1.1, 0.7, 0.6, 0.7, 0.9];
        EpochResult[] epochs = [.. train.Select((loss, i) => new EpochResult(i, loss, null, test[i], null))];
        Assert.Equal(Finding.Overfitting, Assert.Single(Diagnosis.Of(epochs)).Finding);
        Assert.Equal(Finding.Healthy, Assert.Single(Diagnosis.Of([.. epochs.Select(epoch => epoch with { TestLoss = epoch.MeanLoss })])).Finding);
    }

    [Fact]
    public void Low_accuracy_while_the_loss_still_falls_is_no_lack_of_capacity()
    {
        double[] losses = [2.3, 1.5, 1.2, 1.0, 0.85, 0.7];
        Assert.Equal(Finding.Healthy, Assert.Single(Diagnosis.Of(
            [.. losses.Select((loss, i) => new EpochResult(i, loss, 0.6, loss, 0.6))])).Finding);
    }
}
