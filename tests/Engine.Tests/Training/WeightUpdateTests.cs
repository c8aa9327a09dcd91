using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class WeightUpdateTests
{
    private static TrainingSetup Setup() => new(new Model(new Sequential(new Linear(20), new Tanh(), new Linear(3)), new Shape(7), 3,
        new SquaredLoss()), new Blobs(30, new Shape(7), 3, seed: 1), null, new Sgd(0.1f, 0.9f), new L2(0.01f), 10, 2, 1, Seed: 1);

    /// <summary>Three steps, whole and in slices cut at awkward places: the same weights and gradients, and by hand.</summary>
    [Fact]
    public void Slices_give_the_bits_of_the_whole_and_both_are_what_the_formula_says()
    {
        var setup = Setup();
        var count = setup.Model.Parameters.Count;
        var (random, weights) = (new Random(11), setup.Model.Parameters.InitialWeights(1));
        var sliced = weights.ToArray();
        var byHand = weights.ToArray();
        var momentum = new float[count];
        var (state, slicedState) = (setup.Optimizer.NewState(count), setup.Optimizer.NewState(count));
        for (var step = 0; step < 3; step++)
        {
            float[] root = [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
            float[] slicedRoot = [.. root], next = new float[count], slicedNext = new float[count];
            for (var i = 0; i < count; i++)
            {
                var isWeight = setup.Model.Parameters.Slices.Any(slice =>
                    i >= slice.Offset && i < slice.End && slice.Name.EndsWith("weight", StringComparison.Ordinal));
                var gradient = root[i] / 7f;
                if (isWeight) gradient = MathF.FusedMultiplyAdd(2 * 0.01f, byHand[i], gradient);
                momentum[i] = MathF.FusedMultiplyAdd(0.9f, momentum[i], gradient);
                byHand[i] = MathF.FusedMultiplyAdd(-0.1f, momentum[i], byHand[i]);
            }
            WeightUpdate.Mean(setup, 7, 0, root, weights);
            WeightUpdate.Step(setup, step, 0, root, weights, next, state);
            int[] cuts = [0, 1, 18, 50, 141, count - 3, count];
            for (var cut = 1; cut < cuts.Length; cut++)
            {
                var (from, to) = (cuts[cut - 1], cuts[cut]);
                WeightUpdate.Mean(setup, 7, from, slicedRoot.AsSpan()[from..to], sliced.AsSpan()[from..to]);
                WeightUpdate.Step(setup, step, from, slicedRoot.AsSpan()[from..to], sliced.AsSpan()[from..to],
                    slicedNext.AsSpan()[from..to], slicedState);
            }
            (weights, sliced) = (next, slicedNext);
            Bits.AssertEqual(root, slicedRoot, "gradient");
            Bits.AssertEqual(weights, sliced, "weights");
            Bits.AssertEqual(byHand, weights, "weights by hand");
        }
    }

    /// <summary>Samples a power of two or not, sums in a place of their own or in the left half's, lengths that fill no vector.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(300)]
    public void The_mean_of_two_halves_is_that_of_their_sum(int samples)
    {
        var setup = Setup();
        var weights = setup.Model.Parameters.InitialWeights(1);
        for (var count = 0; count <= 100; count++)
        {
            var (left, right) = (Bits.Mixed(count, 5 + count, extremes: true), Bits.Mixed(count, 900 + count, extremes: true));
            var (wanted, mean) = (new float[count], new float[count]);
            for (var i = 0; i < count; i++) wanted[i] = left[i] + right[i];
            WeightUpdate.Mean(setup, samples, 3, wanted, weights.AsSpan(3, count));

            WeightUpdate.Mean(setup, samples, 3, left, right, mean, weights.AsSpan(3, count));
            WeightUpdate.Mean(setup, samples, 3, left, right, left, weights.AsSpan(3, count));

            Bits.AssertEqual(wanted, mean, $"{count} elements");
            Bits.AssertEqual(wanted, left, $"{count} elements, in place");
        }
    }

    /// <summary>Where somebody looks at ∇L between mean and step, there is no one pass.</summary>
    [Fact]
    public void Mean_and_step_are_one_pass_only_where_nothing_is_between_them()
    {
        var plain = Setup() with { Regularizer = null };
        Assert.True(WeightUpdate.IsOnePass(plain));
        Assert.All([Setup(), plain with { ClipNorm = 1 }, plain with { OnNonFinite = NonFinitePolicy.Skip }, plain with { Optimizer = new SteepestDescent() },
            WithStatistics(4, clip: null)], setup => Assert.False(WeightUpdate.IsOnePass(setup)));
        var (weights, state) = (new float[5], plain.Optimizer.NewState(5));
        Assert.True(WeightUpdate.MeanAndStep(plain, 7, 0, 0, [1, 2, 3, 4, 5], [], weights, new float[5], state));
        Assert.Throws<InvalidOperationException>(() => WeightUpdate.MeanAndStep(Setup(), 7, 0, 0, [1], [], [1], new float[1], state));
        Assert.Contains("halves of 2 and 1", Assert.Throws<ArgumentException>(
            () => WeightUpdate.MeanAndStep(plain, 7, 0, 0, [1, 2], [1], [1, 1], new float[2], state)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightUpdate.MeanAndStep(plain, 0, 0, 0, [1], [], [1], new float[1], state));
    }

    [Fact]
    public void The_mean_is_a_division_not_a_product_with_a_reciprocal()
    {
        var setup = Setup() with { Regularizer = null };
        var count = setup.Model.Parameters.Count;
        float[] root = [.. Enumerable.Range(1, count).Select(i => (float)i)], sum = [.. root];
        WeightUpdate.Mean(setup, 10, 0, root, new float[count]);
        Assert.Equal(sum.Select(element => element / 10), root);
        Assert.NotEqual(sum.Select(element => element * (1f / 10)), root);
    }

    /// <summary>A model with statistics between its weights: 6·w + w, w, w + 5·w + 3.</summary>
    private static TrainingSetup WithStatistics(int width, float? clip, Regularizer? regularizer = null) => new(
        new Model(new Sequential(new Linear(width), new Observed(width, 0.25f), new ReLU(), new Linear(3)), new Shape(6), 3, new SquaredLoss()),
        new Blobs(30, new Shape(6), 3, seed: 1), null, new AdamW(0.1f, WeightDecay: 0.1f), regularizer, 10, 2, 3, Seed: 1)
    { ClipNorm = clip };

    /// <summary>The norm runs over the trained slices, each in the order of the reference; then one product per element.</summary>
    [Fact]
    public void Clipping_is_the_plain_formula_at_every_length()
    {
        var scaled = 0;
        for (var width = 1; width <= 70; width++)
        {
            var setup = WithStatistics(width, clip: 1 + (width % 7));
            var slices = setup.Model.Parameters.Slices;
            var gradient = Bits.Mixed(setup.Model.Parameters.Count, width, extremes: false);
            var squares = 0.0;
            foreach (var slice in slices.Where(slice => slice.IsTrained))
                squares += Reductions.DotReference(gradient.AsSpan(slice.Offset, slice.Count), gradient.AsSpan(slice.Offset, slice.Count));
            var wanted = gradient.ToArray();
            if (Math.Sqrt(squares) > setup.ClipNorm!.Value)
            {
                scaled++;
                var scale = (float)(setup.ClipNorm.Value / Math.Sqrt(squares));
                foreach (var slice in slices.Where(slice => slice.IsTrained))
                    for (var i = slice.Offset; i < slice.End; i++) wanted[i] = gradient[i] * scale;
            }
            WeightUpdate.Begin(setup, 0, new LossSum(1, 0, 10), gradient, new float[gradient.Length], setup.Optimizer.NewState(gradient.Length));
            Bits.AssertEqual(wanted, gradient, $"width {width}");
        }
        Assert.InRange(scaled, 10, 70);
    }

    [Fact]
    public void A_gradient_within_the_norm_is_left_alone_and_a_longer_one_gets_it()
    {
        var setup = WithStatistics(4, clip: 5);
        var statistic = setup.Model.Parameters.Slices.Single(slice => !slice.IsTrained);
        var gradient = new float[setup.Model.Parameters.Count];
        (gradient[0], gradient[^1], gradient[statistic.Offset]) = (3, -4, 1000);
        float[] before = [.. gradient];
        Begin();
        Assert.Equal(before, gradient);
        (gradient[0], gradient[^1]) = (6, -8);
        Begin();
        Assert.Equal((3f, -4f, 1000f), (gradient[0], gradient[^1], gradient[statistic.Offset]));

        void Begin() => WeightUpdate.Begin(setup, 0, new LossSum(1, 0, 10), gradient, new float[gradient.Length],
            setup.Optimizer.NewState(gradient.Length));
    }

    /// <summary>Statistics move towards what was observed, by any cut into slices; optimizer, regularizer and clipping leave them alone.</summary>
    [Fact]
    public void A_statistic_moves_towards_what_was_observed()
    {
        var setup = WithStatistics(40, clip: 1e-3f, new L2(0.1f, BiasesToo: true));
        var (layout, random) = (setup.Model.Parameters, new Random(5));
        var statistic = layout.Slices.Single(slice => !slice.IsTrained);
        float[] weights = [.. Enumerable.Range(0, layout.Count).Select(_ => (float)random.NextDouble())];
        float[] root = [.. Enumerable.Range(0, layout.Count).Select(_ => (float)random.NextDouble() * 10)];
        float[] whole = new float[layout.Count], gradient = [.. root];
        var state = setup.Optimizer.NewState(layout.Count);
        WeightUpdate.Mean(setup, 10, 0, gradient, weights);
        WeightUpdate.Begin(setup, 0, new LossSum(1, 0, 10), gradient, weights, state);
        WeightUpdate.Step(setup, 0, 0, gradient, weights, whole, state);
        for (var i = statistic.Offset; i < statistic.End; i++)
        {
            Assert.Equal(MathF.FusedMultiplyAdd(0.25f, (root[i] / 10) - weights[i], weights[i]), whole[i]);
            Assert.Equal((0, 0), (state[0].Span[i], state[1].Span[i]));
        }
        Assert.All(Enumerable.Range(0, layout.Count).Where(i => i < statistic.Offset), i => Assert.NotEqual(0, state[1].Span[i]));

        for (var cut = 1; cut < 60; cut += 7)
        {
            var (next, cutState) = (new float[layout.Count], setup.Optimizer.NewState(layout.Count));
            for (var from = 0; from < layout.Count; from += cut)
            {
                var count = Math.Min(cut, layout.Count - from);
                WeightUpdate.Step(setup, 0, from, gradient.AsSpan(from, count), weights.AsSpan(from, count), next.AsSpan(from, count), cutState);
            }
            Bits.AssertEqual(whole, next, $"slices of {cut}");
            Bits.AssertEqual(state[1].Span, cutState[1].Span, $"state by slices of {cut}");
        }
    }

    /// <summary>Carries a statistic and does nothing else.</summary>
    private sealed record Observed(int Count, float Rate) : Layer
    {
        public override string Kind => "observed";

        public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
        {
            input.Graph.Parameter($"{name}.mean", new Shape(Count), ParameterRole.Statistic, statisticRate: Rate);
            return input;
        }
    }

    [Fact]
    public void Lengths_must_agree()
    {
        var setup = Setup();
        var state = setup.Optimizer.NewState(setup.Model.Parameters.Count);
        Assert.Contains("3 gradients, 2 weights", Assert.Throws<ArgumentException>(
            () => WeightUpdate.Step(setup, 0, 0, new float[3], new float[2], new float[3], state)).Message);
        Assert.Contains("3 gradients and 2 weights", Assert.Throws<ArgumentException>(
            () => WeightUpdate.Mean(setup, 1, 0, new float[3], new float[2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightUpdate.Mean(setup, 0, 0, new float[3], new float[3]));
    }
}
