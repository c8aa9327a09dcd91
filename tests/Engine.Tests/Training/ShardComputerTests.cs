using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class ShardComputerTests
{
    private static readonly Sequential Mlp = new(new Flatten(), new Linear(9), new ReLU(), new Linear(6), new Sigmoid(), new Linear(3));
    private static readonly Sequential Gained = new(new Flatten(), new Gain(), new Linear(9), new Gain(), new Linear(3));

    private static TrainingSetup Setup(Layer network, int samples = 100, int batch = 37, int shards = 8, Loss? loss = null) =>
        new(new Model(network, new Shape(2, 3), 3, loss ?? new SoftmaxCrossEntropyLoss()), new Blobs(samples, new Shape(2, 3), 3, seed: 3),
            new Blobs(600, new Shape(2, 3), 3, seed: 4), new Sgd(0.1f), null, batch, shards, 1, Seed: 5);

    public static TheoryData<bool, int> Networks => new() { { true, 0 }, { true, 2 }, { false, 0 }, { false, 2 } };

    /// <summary>Batch 2 of 100 samples in batches of 37 holds 26.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Two_sibling_ranges_add_up_to_their_parent_to_the_bit(bool inTree, int batch)
    {
        var setup = Setup(inTree ? Mlp : Gained);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var computer = new ShardComputer(setup, 8);
        for (var count = 2; count <= 8; count *= 2)
        {
            for (var first = 0; first < 8; first += count)
            {
                var (whole, left, right) = (new float[weights.Length], new float[weights.Length], new float[weights.Length]);
                var sum = computer.Compute(0, batch, new ShardRange(first, count), weights, whole);
                var half = computer.Compute(0, batch, new ShardRange(first, count / 2), weights, left)
                    + computer.Compute(0, batch, new ShardRange(first + (count / 2), count / 2), weights, right);
                for (var i = 0; i < left.Length; i++) left[i] += right[i];
                Bits.AssertEqual(whole, left, $"shards {first} to {first + count - 1}");
                Assert.Equal(sum, half);
                Assert.Contains(whole, element => element != 0);
            }
        }
    }

    [Fact]
    public void Augmentation_changes_training_samples_alike_for_every_cut_and_leaves_test_samples_alone()
    {
        var (plain, setup) = (Setup(Mlp), Setup(Mlp) with { Augmentations = [new GaussianNoise(0.1f)] });
        var weights = setup.Model.Parameters.InitialWeights(1);
        var (computer, gradient) = (new ShardComputer(setup, 8), new float[weights.Length]);
        var whole = computer.Compute(0, 1, new ShardRange(0, 8), weights, gradient);
        var half = computer.Compute(0, 1, new ShardRange(0, 4), weights, gradient)
            + new ShardComputer(setup, 4).Compute(0, 1, new ShardRange(4, 4), weights, gradient);
        Assert.Equal(whole, half);
        var without = new ShardComputer(plain, 8);
        Assert.NotEqual(without.Compute(0, 1, new ShardRange(0, 8), weights, gradient), whole);
        Assert.Equal(without.Evaluate(weights, 0, 100), computer.Evaluate(weights, 0, 100));
    }

    /// <summary>What a pass computes beside a sample must not touch it: losses of one-sample shards, added in the tree.</summary>
    [Fact]
    public void A_sample_is_computed_alike_alone_and_among_others()
    {
        var setup = Setup(Mlp, samples: 64, batch: 64, shards: 64);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var (computer, gradient) = (new ShardComputer(setup, 64), new float[weights.Length]);
        var whole = computer.Compute(0, 0, new ShardRange(0, 64), weights, gradient);
        var alone = Enumerable.Range(0, 64).Select(shard => new ShardComputer(setup, 1)
            .Compute(0, 0, new ShardRange(shard, 1), weights, gradient)).ToArray();
        Assert.Equal(LossSum.InTree(alone), whole);
        Assert.Equal(64, whole.Samples);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_range_without_samples_gives_plus_zero(bool inTree)
    {
        var setup = Setup(inTree ? Mlp : Gained, samples: 4, batch: 3, shards: 8);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var gradient = new float[weights.Length];
        Array.Fill(gradient, float.NaN);
        var calls = new List<int>();
        // Batch 1 has one sample, in the last of the 8 shards.
        Assert.Equal(default, new ShardComputer(setup, 4).Compute(0, 1, new ShardRange(0, 4), weights, gradient, (from, _) => calls.Add(from)));
        Bits.AssertEqual(new float[weights.Length], gradient, "gradient");
        Assert.Equal([0], calls);
        Assert.Equal(1, new ShardComputer(setup, 4).Compute(0, 1, new ShardRange(4, 4), weights, gradient).Samples);
        Assert.Contains(gradient, element => element != 0);
    }

    [Fact]
    public void Ready_falls_to_zero_layer_by_layer()
    {
        var setup = Setup(Mlp);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var calls = new List<int>();
        new ShardComputer(setup, 8).Compute(0, 0, new ShardRange(0, 8), weights, new float[weights.Length], (from, _) => calls.Add(from));
        Assert.Equal([setup.Model.Parameters["linear3.weight"].Offset, setup.Model.Parameters["linear2.weight"].Offset, 0], calls);

        calls.Clear();
        var gained = Setup(Gained);
        weights = gained.Model.Parameters.InitialWeights(1);
        new ShardComputer(gained, 8).Compute(0, 0, new ShardRange(0, 8), weights, new float[weights.Length], (from, _) => calls.Add(from));
        Assert.Equal([0], calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_steady_state_allocates_nothing(bool inTree)
    {
        var setup = Setup(inTree ? Mlp : Gained);
        ReadOnlyMemory<float> weights = setup.Model.Parameters.InitialWeights(1);
        Memory<float> gradient = new float[weights.Length];
        var computer = new ShardComputer(setup, 4);
        var low = 0;
        GradientReady ready = (from, _) => low = from;
        void Round()
        {
            computer.Compute(0, 0, new ShardRange(4, 4), weights, gradient, ready);
            computer.Compute(0, 2, new ShardRange(0, 2), weights, gradient, ready);
            computer.Evaluate(weights, 0, 256);
        }
        for (var i = 0; i < 3; i++) Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The gradient of the sum over all shards is a plain gradient: descending along it lowers the loss.</summary>
    [Fact]
    public void The_gradient_points_uphill()
    {
        var setup = Setup(Mlp);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var (computer, gradient) = (new ShardComputer(setup, 8), new float[weights.Length]);
        var before = computer.Compute(0, 0, new ShardRange(0, 8), weights, gradient);
        var slope = gradient.Sum(element => (double)element * element);
        const double step = 1e-4;
        for (var i = 0; i < weights.Length; i++) weights[i] -= (float)(step * gradient[i]);
        var after = computer.Compute(0, 0, new ShardRange(0, 8), weights, gradient);
        Assert.Equal(step * slope, before.Loss - after.Loss, 0.05 * step * slope);
    }

    [Fact]
    public void Evaluation_counts_samples_in_order_and_blocks_do_not_show()
    {
        var setup = Setup(Mlp);
        var weights = setup.Model.Parameters.InitialWeights(1);
        var computer = new ShardComputer(setup, 1);
        var whole = computer.Evaluate(weights, 0, 600);
        var sum = default(LossSum);
        for (var i = 0; i < 600; i++) sum += computer.Evaluate(weights, i, 1);
        Assert.Equal(sum, whole);
        Assert.Equal(600, whole.Samples);
        Assert.InRange(whole.Correct, 1, 599);
        Assert.Equal(default, computer.Evaluate(weights, 600, 0));
    }

    /// <summary>All scores equal: the first class is predicted, so just the samples of class 0 are right.</summary>
    [Fact]
    public void The_first_of_the_largest_scores_is_the_prediction()
    {
        var setup = Setup(Mlp);
        var sum = new ShardComputer(setup, 1).Evaluate(new float[setup.Model.Parameters.Count], 0, 600);
        Assert.Equal(Enumerable.Range(0, 600).Count(i => setup.Test!.Label(i) == 0), sum.Correct);
    }

    [Fact]
    public void Wrong_calls_are_refused_with_a_sentence()
    {
        var setup = Setup(Mlp);
        var computer = new ShardComputer(setup, 4);
        float[] weights = new float[setup.Model.Parameters.Count], gradient = new float[weights.Length];
        Refuse("1-2 are not an aligned run", 0, new ShardRange(1, 2));
        Refuse("0-2 are not an aligned run", 0, new ShardRange(0, 3));
        Refuse("8-11 are not an aligned run", 0, new ShardRange(8, 4));
        Refuse("are not an aligned run", 0, new ShardRange(-4, 4));
        Refuse("takes 4 at most", 0, new ShardRange(0, 8));
        Refuse("batches 0 to 2", 3, new ShardRange(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardComputer(setup, 16));
        Assert.Contains("samples 0 to 599",
            Assert.Throws<ArgumentOutOfRangeException>(() => computer.Evaluate(weights, 590, 11)).Message);
        Assert.Contains("no test set", Assert.Throws<InvalidOperationException>(
            () => new ShardComputer(setup with { Test = null }, 1).Evaluate(weights, 0, 1)).Message);

        void Refuse(string sentence, int batch, ShardRange range) => Assert.Contains(sentence,
            Assert.ThrowsAny<ArgumentException>(() => computer.Compute(0, batch, range, weights, gradient)).Message);
    }
}
