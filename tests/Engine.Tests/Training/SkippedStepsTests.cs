using Distributed.Engine.Initialization;
using Distributed.Engine.Kernels;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

/// <summary>Steps that are skipped change nothing: 40 samples in batches of 8, of which two hold NaN.</summary>
public class SkippedStepsTests
{
    private const int Samples = 40, Width = 3;

    private static readonly int[] Wrong = [11, 30];

    private static TrainingSetup Setup(Optimizer? optimizer = null, int epochs = 3, IEnumerable<int>? wrong = null)
    {
        var features = Bits.Mixed(Samples * Width, seed: 1, extremes: false);
        for (var i = 0; i < features.Length; i++) features[i] /= 100;
        foreach (var sample in wrong ?? Wrong) features[(sample * Width) + 1] = float.NaN;
        var data = new Numbers(Width, features, [.. Enumerable.Range(0, Samples).Select(i => i % 5 / 5f)]);
        var network = new Sequential(new Linear(6), new BatchNorm(), new Tanh(), new Linear(1));
        return new TrainingSetup(new Model(network, data.SampleShape, data.Target, new SquaredLoss()), data, null, optimizer ?? new Adam(0.01f),
            new L2(0.01f), Batch: 8, Shards: 4, epochs, Seed: 3)
        {
            OnNonFinite = NonFinitePolicy.Skip,
            RateSchedule = new CosineSchedule(),
        };
    }

    /// <summary>The plain loop, told by the data which steps are to change nothing.</summary>
    [Fact]
    public void Weights_statistics_and_the_optimizers_state_are_those_of_the_other_steps_alone()
    {
        var setup = Setup();
        var (layout, count) = (setup.Layout, setup.Model.Parameters.Count);
        var computer = new ShardComputer(setup, layout.Shards);
        var (weights, state, gradient) = (setup.Model.Parameters.InitialWeights(setup.Seed), setup.Optimizer.NewState(count), new float[count]);
        var (skipped, sums) = (new List<long>(), new LossSum[setup.Epochs]);
        for (var step = 0; step < setup.TotalSteps; step++)
        {
            var (epoch, batch) = (step / layout.BatchesPerEpoch, step % layout.BatchesPerEpoch);
            var indices = new int[8];
            new SampleOrder(Samples, setup.Seed).Fill(epoch, layout.FirstSample(batch), indices);
            if (indices.Intersect(Wrong).Any())
            {
                skipped.Add(step);
                continue;
            }
            sums[epoch] += computer.Compute(epoch, batch, new ShardRange(0, 4), weights, gradient);
            var next = new float[count];
            WeightUpdate.Mean(setup, 8, 0, gradient, weights);
            WeightUpdate.Step(setup, step, 0, gradient, weights, next, state);
            weights = next;
        }
        Assert.InRange(skipped.Count, 3, 6);

        var trained = LocalTrainer.Run(setup);

        Assert.Equal(skipped, trained.SkippedSteps.Steps);
        Assert.True(Finite.All(trained.Weights));
        Bits.AssertEqual(weights, trained.Weights, "weights");
        Assert.Equal(sums.Select(sum => sum.Loss / sum.Samples), trained.LossHistory);
    }

    [Fact]
    public void Any_cut_of_a_batch_gives_the_same_answer_and_the_same_record()
    {
        var whole = LocalTrainer.Run(Setup());
        foreach (var shardsPerPass in new[] { 1, 2, 4 })
        {
            var cut = LocalTrainer.Run(Setup(), shardsPerPass: shardsPerPass);
            Assert.Equal(whole.Fingerprint, cut.Fingerprint);
            Assert.Equal(whole.SkippedSteps.ToString(), cut.SkippedSteps.ToString());
            Assert.Equal(whole.LossHistory, cut.LossHistory);
        }
    }

    [Fact]
    public void Where_nothing_is_wrong_the_policy_does_not_show()
    {
        var setup = Setup(wrong: []);
        var skipping = LocalTrainer.Run(setup);
        Assert.Equal(0, skipping.SkippedSteps.Count);
        Assert.Equal(LocalTrainer.Run(setup with { OnNonFinite = NonFinitePolicy.Stop }).Fingerprint, skipping.Fingerprint);
    }

    [Fact]
    public void An_epoch_without_a_step_that_counts_has_no_mean_loss_and_the_weights_stay()
    {
        var setup = Setup(wrong: Enumerable.Range(0, Samples));
        var trained = LocalTrainer.Run(setup with { EarlyStopping = new EarlyStopping(5) });

        Assert.Equal("0-14", trained.SkippedSteps.ToString());
        Assert.All(trained.LossHistory, loss => Assert.True(double.IsNaN(loss)));
        Bits.AssertEqual(setup.Model.Parameters.InitialWeights(setup.Seed), trained.Weights, "weights");
    }

    /// <summary>Each gradient is finite and so is the loss; only the sum over the shards is not.</summary>
    [Fact]
    public void A_sum_that_overflows_though_its_parts_are_finite_is_skipped_too()
    {
        var setup = Lines([1e-3f, 1e-3f, 3e38f, 3e38f], target: 1, new Sgd(0.1f));

        var trained = LocalTrainer.Run(setup);

        Assert.Equal("0-1", trained.SkippedSteps.ToString());
        Assert.Equal([0f, 0f], trained.Weights);
    }

    /// <summary>An update that overflows leaves weights from which no later step can be taken: skipping would go on for ever.</summary>
    [Fact]
    public void Weights_that_are_not_finite_end_the_run_all_the_same()
    {
        var setup = Lines([10, 10, 10, 10], target: 1000, new Sgd(3e38f));
        var message = Assert.Throws<DivergedException>(() => LocalTrainer.Run(setup)).Message;
        Assert.StartsWith("a number of step 1 (epoch 2) is not finite: the weights \"linear1.weight\" are not finite already", message);
    }

    /// <summary>A trial that went too far is the search's own affair: it is not skipped, and the way is made shorter.</summary>
    [Theory]
    [InlineData(NonFinitePolicy.Stop)]
    [InlineData(NonFinitePolicy.Skip)]
    public void A_line_search_still_meets_its_trials_itself(NonFinitePolicy policy)
    {
        var setup = Setup(epochs: 120, wrong: []) with { Batch = Samples, RateSchedule = null, OnNonFinite = policy };
        setup = setup with { Optimizer = new SteepestDescent(Rate: 1e30f) };
        var trained = LocalTrainer.Run(setup);

        Assert.Equal(0, trained.SkippedSteps.Count);
        Assert.Contains(trained.LossHistory, loss => !double.IsFinite(loss));
        Assert.True(trained.LossHistory[^1] < trained.LossHistory[0]);
    }

    /// <summary>y = w·x + β from zero, one sample a shard, one batch an epoch.</summary>
    private static TrainingSetup Lines(float[] features, float target, Optimizer optimizer)
    {
        var data = new Numbers(1, features, [.. features.Select(_ => target)]);
        return new TrainingSetup(new Model(new Sequential(new Linear(1, new Constant(0))), data.SampleShape, data.Target, new MeanAbsoluteLoss()), data,
            null, optimizer, null, features.Length, features.Length, Epochs: 2, Seed: 1)
        { OnNonFinite = NonFinitePolicy.Skip };
    }
}
