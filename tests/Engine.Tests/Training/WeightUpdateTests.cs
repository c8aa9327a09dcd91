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
