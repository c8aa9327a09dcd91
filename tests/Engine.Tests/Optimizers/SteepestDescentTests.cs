using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Optimizers;

public class SteepestDescentTests
{
    private static readonly SteepestDescent Exact = new(LineSearch.Exact), Armijo = new();

    /// <summary>Four points (±a, ±b), y = 3x₁ − 2x₂ + 1: the Hessian of the mean of ½(y* − y)² is diag(a², b², 1).</summary>
    private static TrainingSetup Quadratic(float a, float b, Optimizer optimizer, int epochs)
    {
        float[] x = [a, b, a, -b, -a, b, -a, -b];
        float[] y = [.. Enumerable.Range(0, 4).Select(i => (3 * x[2 * i]) - (2 * x[(2 * i) + 1]) + 1)];
        var data = new MemoryDataSet(x, new ValueTargets(y, new Shape(1)), new Shape(2));
        return new TrainingSetup(new Model(new Linear(1), data.SampleShape, data.Target, new SquaredLoss()), data, null, optimizer, null,
            Batch: 4, Shards: 2, epochs, Seed: 1);
    }

    /// <summary>With equal curvatures the gradient points at the minimum: one trial, and the next point is it.</summary>
    [Fact]
    public void Exact_reaches_the_minimum_of_a_round_bowl_in_one_step()
    {
        var trained = LocalTrainer.Run(Quadratic(1, 1, Exact, epochs: 2));
        Assert.Equal(3, trained.Weights[0], 1e-6);
        Assert.Equal(-2, trained.Weights[1], 1e-6);
        Assert.Equal(1, trained.Weights[2], 1e-6);
    }

    /// <summary>Each exact step multiplies f − f* by at most ((κ − 1)/(κ + 1))², κ the ratio of the largest curvature to the least
    /// (Kantorovich); here 9, f* = 0.</summary>
    [Fact]
    public void Exact_falls_as_fast_as_theory_says()
    {
        var losses = LocalTrainer.Run(Quadratic(3, 1, Exact, epochs: 30)).LossHistory;
        var bound = Math.Pow((9.0 - 1) / (9 + 1), 2);
        var bases = losses.Where((_, i) => i % 2 == 0).TakeWhile(loss => loss > 1e-9).ToArray();
        Assert.True(bases.Length > 4, $"only {bases.Length} steps");
        for (var i = 1; i < bases.Length; i++) Assert.InRange(bases[i] / bases[i - 1], 0, bound * 1.001);
        Assert.True(losses[^2] < 1e-6, $"{losses[^2]}");
    }

    /// <summary>The same by plain loops in double: gradient, trial, secant.</summary>
    [Theory]
    [InlineData(LineSearch.Exact)]
    [InlineData(LineSearch.Armijo)]
    public void It_is_what_plain_loops_do(LineSearch search)
    {
        const int epochs = 12;
        var setup = Quadratic(3, 1, new SteepestDescent(search, Rate: 0.25f), epochs);
        double[] w = [.. setup.Model.Parameters.InitialWeights(1).Select(weight => (double)weight)], b = w, d = [];
        double[] wanted = [3, -2, 1], curvature = [9, 1, 1];
        var losses = new List<double>();
        var (loss, alpha, trial) = (double.PositiveInfinity, 0.25, false);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            double[] g = [.. w.Select((weight, i) => curvature[i] * (weight - wanted[i]))];
            var f = w.Select((weight, i) => curvature[i] * Math.Pow(weight - wanted[i], 2) / 2).Sum();
            losses.Add(f);
            var last = epoch == epochs - 1;
            if (search == LineSearch.Exact && trial)
            {
                var (s, along) = (d.Sum(x => x * x), d.Zip(g, (x, y) => x * y).Sum());
                alpha *= s / (s - along);
                trial = false;
                w = [.. b.Zip(d, (x, y) => x - (alpha * y))];
                continue;
            }
            if (!trial || f <= loss - (1e-4 * alpha * d.Sum(x => x * x)))
            {
                if (trial) alpha *= 2;
                (b, d, loss, trial) = (w, g, f, true);
            }
            else
            {
                alpha /= 2;
            }
            w = last ? b : [.. b.Zip(d, (x, y) => x - (alpha * y))];
        }

        var trained = LocalTrainer.Run(setup);
        for (var i = 0; i < epochs; i++) Assert.Equal(losses[i], trained.LossHistory[i], 1e-4 * Math.Max(1, losses[i]));
        for (var i = 0; i < 3; i++) Assert.Equal(w[i], trained.Weights[i], 1e-4);
    }

    /// <summary>A net of two layers, with a penalty: every point that becomes the base has a loss below the one before, the trials between
    /// do not all, and the run ends at the last base.</summary>
    [Theory]
    [InlineData(LineSearch.Exact, 1e-3f)]
    [InlineData(LineSearch.Armijo, 1f)]
    [InlineData(LineSearch.Armijo, 1e12f)]
    public void Accepted_losses_fall_and_the_best_point_is_the_answer(LineSearch search, float rate)
    {
        var data = Spirals.Generate(3, 30, 0.2f, seed: 1);
        var optimizer = new SteepestDescent(search, rate);
        TrainingSetup Setup(int epochs) => new(new Model(new Sequential(new Linear(20), new Tanh(), new Linear(3)), data.SampleShape, 3,
            new SoftmaxCrossEntropyLoss()), data, null, optimizer, new L2(1e-3f), Batch: 90, Shards: 4, epochs, Seed: 1);
        var setup = Setup(80);
        var (computer, parameters) = (new ShardComputer(setup, 4), setup.Model.Parameters);
        var (weights, next, gradient) = (parameters.InitialWeights(1), new float[parameters.Count], new float[parameters.Count]);
        var state = optimizer.NewState(parameters.Count);
        var (accepted, all) = (new List<double>(), new List<double>());
        for (var step = 0; step < 80; step++)
        {
            var sum = computer.Compute(step, 0, new ShardRange(0, 4), weights, gradient);
            WeightUpdate.Mean(setup, 90, 0, gradient, weights);
            WeightUpdate.Begin(setup, step, sum, gradient, weights, state);
            all.Add((sum.Loss / 90) + setup.Regularizer!.Penalty(parameters, weights));
            if (weights.AsSpan().SequenceEqual(state[0].Span)) accepted.Add(all[^1]);
            WeightUpdate.Step(setup, step, 0, gradient, weights, next, state);
            (weights, next) = (next, weights);
        }
        Assert.True(accepted.Count is > 20 and < 80, $"{accepted.Count} of 80 were accepted");
        for (var i = 1; i < accepted.Count; i++) Assert.True(accepted[i] <= accepted[i - 1], $"{accepted[i - 1]} -> {accepted[i]}");
        Assert.True(accepted[^1] < 0.8 * accepted[0], $"{accepted[0]} -> {accepted[^1]}");
        if (rate > 1e6) Assert.Contains(all, loss => !double.IsFinite(loss) || loss > 1e6);

        var trained = LocalTrainer.Run(setup);
        Assert.Equal(Fingerprint.Of(weights), trained.Fingerprint);
        if (search == LineSearch.Armijo) AssertBits.Equal(state[0].Span, trained.Weights);
    }

    /// <summary>Infinite trials are met by the search; without a finite begin there is nothing to go by.</summary>
    [Fact]
    public void A_loss_that_is_no_number_is_tolerated_at_trials_only()
    {
        var trained = LocalTrainer.Run(Quadratic(3, 1, new SteepestDescent(Rate: 1e30f), epochs: 200));
        Assert.Contains(trained.LossHistory, loss => !double.IsFinite(loss));
        Assert.True(trained.LossHistory.Where(double.IsFinite).Min() < 0.1, $"{trained.LossHistory.Min()}");
        Assert.All(trained.Weights, weight => Assert.True(float.IsFinite(weight)));

        var wrong = Quadratic(1e30f, 1, Armijo, epochs: 3);
        Assert.Throws<DivergedException>(() => LocalTrainer.Run(wrong));
    }

    /// <summary>Statistics are no part of the function: what they observe must not lengthen the slope.</summary>
    [Fact]
    public void Statistics_do_not_count()
    {
        var layout = new ParameterLayout([
            new ParameterSlice("w", new Shape(2), 0, ParameterRole.Weight, Initializer.Zero),
            new ParameterSlice("mean", new Shape(2), 2, ParameterRole.Statistic, Initializer.Zero),
            new ParameterSlice("b", new Shape(1), 4, ParameterRole.Bias, Initializer.Zero),
        ]);
        var state = Armijo.NewState(5);
        Armijo.Begin(new WholeStep
        {
            Step = new UpdateStep(0),
            Loss = 1,
            Layout = layout,
            Gradient = [1, 2, 1000, 1000, 2],
            Weights = new float[5],
        }, state);
        Assert.Equal(9, state.Scalars[Armijo.ScalarNames.ToList().IndexOf("squares")]);
    }

    [Fact]
    public void Any_cut_of_the_batch_gives_the_same_bits()
    {
        var data = Spirals.Generate(3, 30, 0.2f, seed: 1);
        foreach (var optimizer in new[] { Exact, Armijo })
        {
            var setup = new TrainingSetup(new Model(new Sequential(new Linear(20), new ReLU(), new Linear(3)), data.SampleShape, 3,
                new SoftmaxCrossEntropyLoss()), data, null, optimizer, null, Batch: 90, Shards: 8, Epochs: 15, Seed: 1);
            var whole = LocalTrainer.Run(setup);
            foreach (var shards in new[] { 1, 2, 4 }) Assert.Equal(whole.Fingerprint, LocalTrainer.Run(setup, shardsPerPass: shards).Fingerprint);
        }
    }

    [Fact]
    public void A_batch_must_hold_all_samples()
    {
        var data = Spirals.Generate(3, 30, 0.2f, seed: 1);
        var model = new Model(new Linear(3), data.SampleShape, 3, new SoftmaxCrossEntropyLoss());
        Assert.Contains("all 90 training samples in a batch, got 89", Assert.Throws<ArgumentException>(
            () => new TrainingSetup(model, data, null, Armijo, null, 89, 1, 1, 1)).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Func<object>[] wrong =
        [
            () => new SteepestDescent(Rate: 0), () => new SteepestDescent(Rate: float.NaN), () => new SteepestDescent(Decrease: 1),
            () => new SteepestDescent(Shrink: 0), () => new SteepestDescent(Shrink: 1), () => new SteepestDescent(Growth: 0.5f),
        ];
        foreach (var make in wrong) Assert.Throws<ArgumentOutOfRangeException>(make);
    }
}
