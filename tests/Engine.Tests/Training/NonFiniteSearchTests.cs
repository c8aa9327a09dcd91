using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Operations;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;
using Linear = Distributed.Engine.Layers.Linear;

namespace Distributed.Engine.Tests.Training;

/// <summary>32 samples, one batch, 8 shards of 4: where does the number begin that is not finite?</summary>
public class NonFiniteSearchTests
{
    private const int Samples = 32, Shards = 8;

    /// <summary>Weights that copy feature 0 to every output.</summary>
    private static Linear Copy(int outputs = 1) => new(outputs, new Constant(1));

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-infinity")]
    public void A_feature(float wrong, string word)
    {
        var features = Ones(2);
        features[(17 * 2) + 1] = wrong;
        var setup = Setup(new Sequential(Copy()), 2, features);

        var found = Find(setup);

        Assert.Equal((NonFiniteOrigin.Features, "features", ShardOf(setup, 17)), (found.Origin, found.Place, found.Shard));
        Assert.Equal(17, Assert.Single(found.Samples));
        Assert.StartsWith($"in shard {found.Shard}, the features of training sample 17 hold {word} (element 1). Repair", found.Sentence);
    }

    [Fact]
    public void A_target()
    {
        var targets = Ones(1);
        targets[9] = float.NaN;
        var found = Find(Setup(new Sequential(Copy()), 1, Ones(1), targets));

        Assert.Equal((NonFiniteOrigin.Targets, 1), (found.Origin, found.SampleCount));
        Assert.Contains("the target of training sample 9 is NaN", found.Sentence);
    }

    [Fact]
    public void The_weights_that_the_step_begins_with()
    {
        var setup = Setup(new Sequential(new Linear(3), new ReLU(), Copy()), 1, Ones(1));
        var weights = setup.Model.Parameters.InitialWeights(1);
        weights[setup.Model.Parameters["linear2.weight"].Offset + 2] = float.PositiveInfinity;

        var found = NonFiniteSearch.Find(setup, 0, 0, new ShardRange(4, 2), weights)!;

        Assert.Equal((NonFiniteOrigin.Weights, "\"linear2.weight\"", 4), (found.Origin, found.Place, found.Shard));
        Assert.Contains("(element 2 is infinity)", found.Sentence);
        Assert.Contains("smaller learning rate", found.Sentence);
    }

    /// <summary>log 0 in two samples of different shards: the first of both is named, by its number in the data set.</summary>
    [Fact]
    public void The_logarithm_of_0()
    {
        var features = Ones(1);
        (features[3], features[21]) = (0, 0);
        var setup = Setup(new Sequential(Copy(), new OperationLayer(new Log()), Copy()), 1, features);

        var found = Find(setup);

        var first = ShardOf(setup, 3) < ShardOf(setup, 21) ? 3 : 21;
        Assert.NotEqual(ShardOf(setup, 3), ShardOf(setup, 21));
        Assert.Equal((NonFiniteOrigin.Forward, "log in layer \"log1\"", ShardOf(setup, first)), (found.Origin, found.Place, found.Shard));
        Assert.Equal(first, Assert.Single(found.Samples));
        Assert.Contains($"-infinity for training sample {first}, since a logarithm is finite only above 0", found.Sentence);
        var other = 24 - first;
        Assert.Equal(other, Assert.Single(NonFiniteSearch.Find(setup, 0, 0, new ShardRange(ShardOf(setup, other), 1), Weights(setup))!.Samples));
    }

    /// <summary>10^12, 10^24, 10^48: the second square overflows, not the first and not the third.</summary>
    [Fact]
    public void The_first_operation_of_several()
    {
        var features = Ones(1);
        features[5] = 1e12f;
        OperationLayer Squares() => new(new Square());
        var found = Find(Setup(new Sequential(Copy(), Squares(), Squares(), Squares(), Copy()), 1, features));

        Assert.Equal((NonFiniteOrigin.Forward, "square in layer \"square2\"", 1), (found.Origin, found.Place, found.SampleCount));
        Assert.Contains("though its inputs are; they reach 1e+24, and float32 ends at 3.4e+38", found.Sentence);
    }

    [Fact]
    public void The_loss()
    {
        var targets = Ones(1);
        targets[30] = 1e20f;
        var found = Find(Setup(new Sequential(Copy()), 1, Ones(1), targets, new SquaredLoss()));

        Assert.Equal((NonFiniteOrigin.Forward, "squared-error in the loss squared"), (found.Origin, found.Place));
        Assert.Equal(30, Assert.Single(found.Samples));
    }

    /// <summary>√0 is 0, but its slope is infinite: the loss shows nothing.</summary>
    [Fact]
    public void An_operation_that_goes_wrong_in_backward_only()
    {
        var features = Ones(1);
        features[12] = 0;
        var setup = Setup(new Sequential(Copy(), new OperationLayer(new Square()), new OperationLayer(new Sqrt()), Copy()), 1, features);
        var loss = new ShardComputer(setup, Shards).Compute(0, 0, new ShardRange(0, Shards), Weights(setup), new float[Weights(setup).Length]);
        Assert.True(double.IsFinite(loss.Loss));

        var found = Find(setup);

        Assert.Equal((NonFiniteOrigin.Backward, "sqrt in layer \"sqrt1\""), (found.Origin, found.Place));
        Assert.Equal(12, Assert.Single(found.Samples));
        Assert.Contains("infinity for its input for training sample 12 since a square root is infinitely steep at 0", found.Sentence);
    }

    /// <summary>Each sample's gradient is 3·10^38; two of them are too much for a sum.</summary>
    [Fact]
    public void A_parameter_whose_gradient_is_a_sum_over_samples()
    {
        var setup = Setup(new Sequential(new Linear(1, new Constant(0))), 1, [.. Enumerable.Repeat(3e38f, Samples)]);

        var found = Find(setup);

        Assert.Equal((NonFiniteOrigin.Backward, "linear in layer \"linear1\"", 0), (found.Origin, found.Place, found.Shard));
        Assert.Equal(4, found.SampleCount);
        Assert.Contains("-infinity for \"linear1.weight\", a sum over training samples", found.Sentence);
    }

    [Fact]
    public void Gradients_of_one_value_that_overflow_when_they_are_added()
    {
        var found = Find(Setup(new Sequential(new Linear(1, new Constant(0)), new TwoUses(2e38, -2e38)), 1, Ones(1)));

        Assert.Equal(NonFiniteOrigin.Addition, found.Origin);
        Assert.Contains("which is used several times, add up to -infinity", found.Sentence);
    }

    [Fact]
    public void Eight_samples_are_named_at_most_and_the_others_counted()
    {
        var setup = Setup(new Sequential(Copy(), new OperationLayer(new Log())), 1, new float[Samples]) with { Shards = 1 };

        var found = Find(setup);

        Assert.Equal((8, 32), (found.Samples.Length, found.SampleCount));
        Assert.Contains($"samples {string.Join(", ", found.Samples)} and 24 more", found.Sentence);
    }

    /// <summary>One sample a shard: nothing is wrong with any of them.</summary>
    [Fact]
    public void Shards_that_are_finite_by_themselves_are_not_blamed()
    {
        var setup = Setup(new Sequential(new Linear(1, new Constant(0))), 1, [.. Enumerable.Repeat(3e38f, Samples)]) with { Shards = 32 };

        Assert.Null(NonFiniteSearch.Find(setup, 0, 0, new ShardRange(0, 32), Weights(setup)));
        Assert.Equal("a number of step 0 (epoch 1) is not finite: the gradient of \"linear1.weight\" is -infinity (element 0) once the shards are "
            + "added, though each shard's own is finite: the sum is too large for float32. Try a smaller learning rate, clip_norm, or data that is scaled.",
            Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message);
    }

    [Fact]
    public void The_regularizer_may_be_to_blame_alone()
    {
        var setup = Setup(new Sequential(new Linear(1, new Constant(1e38f))), 1, new float[Samples]) with { Regularizer = new L2(10) };

        Assert.Contains("once the shards are added and the regularizer with them", Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message);
    }

    [Fact]
    public void A_model_whose_gradient_is_not_summed_in_the_tree_by_its_operations()
    {
        var features = Ones(1);
        features[20] = 0;
        var found = Find(Setup(new Sequential(new Gain(), new OperationLayer(new Log())), 1, features));

        Assert.Equal("log in layer \"log1\"", found.Place);
        Assert.Equal(20, Assert.Single(found.Samples));
    }

    [Fact]
    public void The_sentence_of_a_training_names_step_epoch_shard_samples_and_operation()
    {
        var features = Ones(1);
        features[7] = 0;
        var setup = Setup(new Sequential(new OperationLayer(new Log()), new Linear(1)), 1, features) with { Batch = 8, Shards = 4 };

        var message = Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message;

        Assert.Matches(@"^a number of step [0-3] \(epoch 1\) is not finite: in shard [0-3], log in layer ""log1"" is the first operation whose output is "
            + "not finite: -infinity for training sample 7, since", message);
    }

    private static float[] Ones(int width) => [.. Enumerable.Repeat(1f, Samples * width)];

    private static TrainingSetup Setup(Layer network, int width, float[] features, float[]? targets = null, Loss? loss = null)
    {
        var data = new Numbers(width, features, targets ?? Ones(1));
        return new TrainingSetup(new Model(network, data.SampleShape, data.Target, loss ?? new MeanAbsoluteLoss()), data, null, new Sgd(0.1f), null,
            Samples, Shards, Epochs: 1, Seed: 1);
    }

    private static float[] Weights(TrainingSetup setup) => setup.Model.Parameters.InitialWeights(setup.Seed);

    private static NonFiniteFinding Find(TrainingSetup setup) =>
        NonFiniteSearch.Find(setup, 0, 0, new ShardRange(0, setup.Shards), Weights(setup)) ?? throw new InvalidOperationException("nothing was found");

    private static int ShardOf(TrainingSetup setup, int sample)
    {
        var order = new int[Samples];
        new SampleOrder(Samples, setup.Seed).Fill(0, 0, order);
        return Array.IndexOf(order, sample) / (Samples / Shards);
    }
}
