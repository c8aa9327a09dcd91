using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class LocalTrainerTests
{
    private static TrainingSetup Setup(Layer network, Loss loss, int batch = 37, int shards = 8, int epochs = 3, float rate = 0.1f)
    {
        var train = new Blobs(100, new Shape(2, 3), 3, seed: 1);
        var test = new Blobs(300, new Shape(2, 3), 3, seed: 2);
        return new TrainingSetup(new Model(network, train.SampleShape, 3, loss), train, test, new Sgd(rate, 0.9f), new L2(1e-3f),
            batch, shards, epochs, Seed: 7);
    }

    private static Sequential Mlp() => new(new Flatten(), new Linear(16), new ReLU(), new Linear(8), new Tanh(), new Linear(3));

    /// <summary>The heart of the contract: how a batch is cut into passes does not show in a single bit. Batches of 37, 37 and 26
    /// samples fall unevenly into 8 shards; of 5 samples some shards are empty.</summary>
    [Theory]
    [InlineData(37)]
    [InlineData(5)]
    [InlineData(100)]
    public void Any_cut_of_a_batch_gives_the_same_bits(int batch)
    {
        var whole = LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss(), batch));
        foreach (var shardsPerPass in new[] { 1, 2, 4, 8 })
        {
            var cut = LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss(), batch), shardsPerPass: shardsPerPass);
            Assert.Equal(whole.Fingerprint, cut.Fingerprint);
            Assert.Equal(whole.LossHistory, cut.LossHistory);
            Assert.Equal(whole.TestAccuracyHistory, cut.TestAccuracyHistory);
        }
    }

    [Fact]
    public void Any_cut_of_a_batch_of_a_convolutional_network_gives_the_same_bits()
    {
        var data = new Blobs(50, new Shape(2, 6, 5), 3, seed: 1);
        var network = new Sequential(new Conv2d(5), new ReLU(), new MaxPool(2), new Conv2d(4) { Kernel = 2, Stride = 2, Groups = 1 }, new Tanh(),
            new Flatten(), new Linear(3));
        TrainingSetup Convolutional() => new(new Model(network, data.SampleShape, 3, new SoftmaxCrossEntropyLoss()), data, data,
            new Sgd(0.1f, 0.9f), new L2(1e-3f), Batch: 19, Shards: 8, Epochs: 3, Seed: 7);
        var whole = LocalTrainer.Run(Convolutional());
        Assert.True(whole.LossHistory[^1] < 0.8 * whole.LossHistory[0]);
        Assert.All([1, 2, 4, 8], shards =>
            Assert.Equal(whole.Fingerprint, LocalTrainer.Run(Convolutional(), shardsPerPass: shards).Fingerprint));
    }

    /// <summary>A scalar weight on all features is not reduced by its operation: such a model runs shard by shard.</summary>
    [Fact]
    public void A_model_that_does_not_reduce_in_the_tree_gives_the_same_bits_too()
    {
        var network = new Sequential(new Gain(), new Flatten(), new Linear(3));
        var whole = LocalTrainer.Run(Setup(network, new SquaredLoss()));
        Assert.All([1, 2, 4], shards =>
            Assert.Equal(whole.Fingerprint, LocalTrainer.Run(Setup(network, new SquaredLoss()), shardsPerPass: shards).Fingerprint));
        Assert.NotEqual(1f, whole.Weights[0]);
    }

    /// <summary>V is part of the job: another number of shards is another order of additions.</summary>
    [Fact]
    public void Another_number_of_shards_is_another_answer()
    {
        var eight = LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss(), shards: 8));
        var one = LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss(), shards: 1));
        Assert.NotEqual(eight.Fingerprint, one.Fingerprint);
        for (var i = 0; i < one.Weights.Length; i++) Assert.Equal(one.Weights[i], eight.Weights[i], 1e-3);
    }

    [Fact]
    public void It_learns_and_reports_each_epoch()
    {
        var results = new List<EpochResult>();
        var trained = LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss(), epochs: 30), results.Add);
        Assert.Equal(Enumerable.Range(0, 30), results.Select(result => result.Epoch));
        Assert.Equal(results.Select(result => result.MeanLoss), trained.LossHistory);
        Assert.Equal(results.Select(result => result.TestAccuracy!.Value), trained.TestAccuracyHistory);
        Assert.True(trained.LossHistory[^1] < trained.LossHistory[0] / 2, $"{trained.LossHistory[0]} -> {trained.LossHistory[^1]}");
        Assert.True(trained.TestAccuracyHistory[^1] > 0.6, $"test accuracy {trained.TestAccuracyHistory[^1]}");
        Assert.Equal(Fingerprint.Of(trained.Weights), trained.Fingerprint);
    }

    /// <summary>Linear regression by plain loops in double: each batch's mean gradient, the last batch of 10 having 2 samples.</summary>
    [Fact]
    public void It_is_gradient_descent_on_the_mean_over_each_batch()
    {
        var train = new Blobs(10, new Shape(4), 3, seed: 1);
        var setup = new TrainingSetup(new Model(new Linear(3), train.SampleShape, 3, new SquaredLoss()), train, null, new Sgd(0.1f), null,
            Batch: 4, Shards: 2, Epochs: 3, Seed: 7);
        double[] weights = [.. setup.Model.Parameters.InitialWeights(7).Select(weight => (double)weight)];
        var order = new SampleOrder(10, 7);
        var history = new List<double>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var total = 0.0;
            for (var first = 0; first < 10; first += 4)
            {
                var indices = new int[Math.Min(4, 10 - first)];
                order.Fill(epoch, first, indices);
                var gradient = new double[weights.Length];
                foreach (var index in indices) total += AddGradient(train, index, weights, gradient);
                for (var i = 0; i < weights.Length; i++) weights[i] -= 0.1 * gradient[i] / indices.Length;
            }
            history.Add(total / 10);
        }

        var trained = LocalTrainer.Run(setup);
        Assert.Empty(trained.TestAccuracyHistory);
        for (var i = 0; i < weights.Length; i++) Assert.Equal(weights[i], trained.Weights[i], 1e-6);
        for (var i = 0; i < 3; i++) Assert.Equal(history[i], trained.LossHistory[i], 1e-6);
    }

    /// <summary>Loss of one sample under weights [3, 4] and biases [3]; its gradient is added.</summary>
    private static double AddGradient(Blobs data, int index, double[] weights, double[] gradient)
    {
        var x = new float[4];
        data.CopyFeatures([index], x);
        var loss = 0.0;
        for (var c = 0; c < 3; c++)
        {
            var error = weights[12 + c] - (c == data.Label(index) ? 1 : 0);
            for (var j = 0; j < 4; j++) error += weights[(c * 4) + j] * x[j];
            for (var j = 0; j < 4; j++) gradient[(c * 4) + j] += error * x[j];
            gradient[12 + c] += error;
            loss += error * error / 2;
        }
        return loss;
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_training_with_a_sentence()
    {
        var error = Assert.Throws<DivergedException>(() => LocalTrainer.Run(Setup(Mlp(), new SquaredLoss(), rate: 1e30f)));
        Assert.Contains("smaller learning rate", error.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(-1)]
    public void Shards_per_pass_is_a_power_of_two_up_to_the_shards_of_a_batch(int shardsPerPass) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => LocalTrainer.Run(Setup(Mlp(), new SoftmaxCrossEntropyLoss()), shardsPerPass: shardsPerPass));
}
