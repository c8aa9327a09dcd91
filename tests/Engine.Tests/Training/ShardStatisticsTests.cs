using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

/// <summary>Layers that look at other samples, or draw random numbers, in whole trainings: batch normalization, dropout.</summary>
public class ShardStatisticsTests
{
    private static readonly Sequential Dense = new(new Flatten(), new Linear(12), new BatchNorm(), new ReLU(),
        new Residual(new Sequential(new Linear(12), new BatchNorm(), new ELU(), new Dropout(0.25f), new Linear(12))),
        new LayerNorm(), new Dropout(), new Linear(3));

    private static readonly Sequential Images = new(new Conv2d(4), new BatchNorm(), new ReLU(),
        new Residual(new Sequential(new Conv2d(6), new BatchNorm()), new Sequential(new Conv2d(6) { Kernel = 1 })),
        new Dropout(0.25f), new Flatten(), new Linear(3));

    private static TrainingSetup Setup(Layer network, int batch, int shards = 8)
    {
        var train = new Blobs(100, new Shape(2, 3, 3), 3, seed: 1);
        var test = new Blobs(50, new Shape(2, 3, 3), 3, seed: 2);
        return new TrainingSetup(new Model(network, train.SampleShape, 3, new SoftmaxCrossEntropyLoss(0.1f, [1, 2, 1])), train, test,
            new Sgd(0.05f, 0.9f), new ElasticNet(1e-4f, 1e-3f), batch, shards, Epochs: 2, Seed: 7);
    }

    /// <summary>Batches of 37 and 26 samples fall unevenly into 8 shards; of 5 samples some shards are empty and the others hold one.</summary>
    [Theory]
    [InlineData(false, 37)]
    [InlineData(false, 5)]
    [InlineData(true, 37)]
    public void Any_cut_of_a_batch_gives_the_same_bits(bool images, int batch)
    {
        var setup = Setup(images ? Images : Dense, batch);
        Assert.True(new Executor<float>(setup.Model.Graph, setup.Model.Losses, 1).ReducesInTree);
        var whole = LocalTrainer.Run(setup);
        foreach (var shardsPerPass in new[] { 1, 2, 4, 8 })
        {
            var cut = LocalTrainer.Run(setup, shardsPerPass: shardsPerPass);
            Assert.Equal(whole.Fingerprint, cut.Fingerprint);
            Assert.Equal(whole.LossHistory, cut.LossHistory);
            Assert.Equal(whole.TestAccuracyHistory, cut.TestAccuracyHistory);
        }
        // Of one sample a shard, batch normalization lets nothing through to learn from.
        if (batch > 8) Assert.All(setup.Model.Parameters.Slices, slice => Assert.NotEqual(
            setup.Model.Parameters.InitialWeights(7)[slice.Offset..slice.End], whole.Weights[slice.Offset..slice.End]));
    }

    [Fact]
    public void A_model_that_does_not_reduce_in_the_tree_gives_the_same_bits_too()
    {
        var setup = Setup(new Sequential(new Gain(), new BatchNorm(), new Flatten(), new Dropout(), new Linear(3)), 37);
        Assert.False(new Executor<float>(setup.Model.Graph, setup.Model.Losses, 1).ReducesInTree);
        var whole = LocalTrainer.Run(setup);
        Assert.All([1, 2, 4], shards => Assert.Equal(whole.Fingerprint, LocalTrainer.Run(setup, shardsPerPass: shards).Fingerprint));
    }

    [Fact]
    public void Dropout_and_shards_are_part_of_the_answer_so_the_comparison_can_fail()
    {
        var setup = Setup(Dense, 37);
        var fingerprint = LocalTrainer.Run(setup).Fingerprint;
        Assert.NotEqual(fingerprint, LocalTrainer.Run(Setup(new Sequential([.. Dense.Layers.Take(5), new Linear(3)]), 37)).Fingerprint);
        Assert.NotEqual(fingerprint, LocalTrainer.Run(Setup(Dense, 37, shards: 4)).Fingerprint);
    }

    /// <summary>With momentum 1 and every sample in one batch, the running mean is the data's own, and the running variance the mean of
    /// the shards' own.</summary>
    [Fact]
    public void Running_statistics_move_to_the_mean_over_the_samples()
    {
        var train = new Blobs(100, new Shape(4), 3, seed: 1);
        var setup = new TrainingSetup(new Model(new Sequential(new BatchNorm(1), new Linear(3)), train.SampleShape, 3, new SquaredLoss()),
            train, null, new Sgd(0.1f), null, Batch: 100, Shards: 4, Epochs: 1, Seed: 7);
        var weights = LocalTrainer.Run(setup).Weights;
        var parameters = setup.Model.Parameters;
        var features = new float[400];
        train.CopyFeatures([.. Enumerable.Range(0, 100)], features);
        for (var c = 0; c < 4; c++)
        {
            double[] values = [.. Enumerable.Range(0, 100).Select(i => (double)features[(i * 4) + c])];
            var mean = values.Average();
            var variance = values.Sum(value => (value - mean) * (value - mean)) / 99;
            Assert.Equal(mean, weights[parameters["batch-norm1.mean"].Offset + c], 1e-5);
            Assert.Equal(variance, weights[parameters["batch-norm1.variance"].Offset + c], 0.2 * variance);
        }
    }
}
