using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Optimizers;

public class RateChangesTests
{
    private static readonly RateChanges Two = RateChanges.Of(new(10, 0.5f), new(12, 1e-20f));

    public static TheoryData<Optimizer, Optimizer> RatesOfEach => new()
    {
        { new Sgd(0.1f, Momentum: 0.9f, WeightDecay: 0.01f), new Sgd(0.3f, Momentum: 0.9f, WeightDecay: 0.01f) },
        { new Adam(0.01f), new Adam(0.3f) },
        { new AdamW(0.01f, WeightDecay: 0.1f), new AdamW(0.3f, WeightDecay: 0.1f) },
        { new AdaGrad(0.1f), new AdaGrad(0.3f) },
        { new RmsProp(0.1f), new RmsProp(0.3f) },
    };

    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(10, 0.5f)]
    [InlineData(11, 0.5f)]
    [InlineData(12, 1e-20f)]
    [InlineData(long.MaxValue, 1e-20f)]
    public void A_rate_counts_from_its_step_to_the_next_ones(long step, float? wanted) => Assert.Equal(wanted, Two.At(step));

    [Fact]
    public void Of_two_rates_for_a_step_the_second_counts()
    {
        var changed = Two.Set(12, 0);

        Assert.Equal([new RateChange(10, 0.5f), new RateChange(12, 0)], changed.All);
        Assert.Equal(1e-20f, Two.At(12)); // what was there stays as it is
    }

    [Fact]
    public void Rates_are_set_in_order_and_are_numbers()
    {
        Assert.Throws<ArgumentException>(() => Two.Set(11, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Two.Set(13, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Two.Set(13, float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => RateChanges.None.Set(-1, 1));
        var all = Enumerable.Range(0, RateChanges.MaxCount).Aggregate(RateChanges.None, (changes, step) => changes.Set(step, 1));
        Assert.Throws<ArgumentException>(() => all.Set(RateChanges.MaxCount, 1));
    }

    [Fact]
    public void The_text_comes_back_as_the_same_changes()
    {
        Assert.Equal("10=0.5 12=1E-20", Two.ToString());
        foreach (var changes in (RateChanges[])[RateChanges.None, Two, RateChanges.Of(new(0, float.Epsilon), new(long.MaxValue, float.MaxValue))])
            Assert.Equal(changes.All, RateChanges.Parse(changes.ToString())?.All);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10=")]
    [InlineData("=1")]
    [InlineData("10=-1")]
    [InlineData("10=NaN")]
    [InlineData("10=1e99")]
    [InlineData("-1=1")]
    [InlineData("10=1 10=2")]
    [InlineData("12=1 10=1")]
    [InlineData("10 = 1")]
    public void Other_texts_are_refused(string text) => Assert.Null(RateChanges.Parse(text));

    /// <summary>To the bit, with a schedule's factor over it: each optimizer computes with the rate as with its own.</summary>
    [Theory]
    [MemberData(nameof(RatesOfEach))]
    public void A_rate_that_is_set_for_the_first_step_is_the_optimizers_own(Optimizer slow, Optimizer fast)
    {
        var wanted = LocalTrainer.Run(Setup(fast)).Fingerprint;

        Assert.Equal(wanted, LocalTrainer.Run(Setup(slow) with { RateChanges = RateChanges.Of(new RateChange(0, 0.3f)) }).Fingerprint);
        Assert.NotEqual(wanted, LocalTrainer.Run(Setup(slow) with { RateChanges = RateChanges.Of(new RateChange(1, 0.3f)) }).Fingerprint);
        Assert.NotEqual(wanted, LocalTrainer.Run(Setup(slow)).Fingerprint);
    }

    [Fact]
    public void An_optimizer_without_a_rate_is_refused() => Assert.Throws<ArgumentException>(() =>
        Setup(new SteepestDescent()) with { RateChanges = RateChanges.Of(new RateChange(1, 0.3f)) });

    private static TrainingSetup Setup(Optimizer optimizer) => new(
        new Model(new Sequential(new Linear(5), new ReLU(), new Linear(3)), new Shape(2), 3, new SoftmaxCrossEntropyLoss()),
        Spirals.Generate(3, 20, 0.2f, seed: 1), null, optimizer, null, Batch: optimizer.NeedsFullBatch ? 60 : 16, Shards: 4, Epochs: 2, Seed: 3)
    {
        RateSchedule = optimizer.NeedsFullBatch ? null : new CosineSchedule(),
    };
}
