using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Optimizers;

public class L2Tests
{
    private static readonly ParameterLayout Layout = new([
        new ParameterSlice("a.weight", new Shape(7, 5), 0, ParameterRole.Weight, Initializer.Zero),
        new ParameterSlice("a.bias", new Shape(7), 35, ParameterRole.Bias, Initializer.Zero),
        new ParameterSlice("b.weight", new Shape(40, 7), 42, ParameterRole.Weight, Initializer.Zero),
        new ParameterSlice("b.bias", new Shape(40), 322, ParameterRole.Bias, Initializer.Zero),
    ]);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_gradient_is_the_slope_of_the_penalty(bool halved, bool biasesToo)
    {
        var l2 = new L2(0.125f, halved, biasesToo);
        var weights = Numbers(1);
        var gradient = new float[Layout.Count];
        l2.AddGradient(Layout, 0, weights, gradient);
        for (var i = 0; i < weights.Length; i++)
        {
            // The penalty is a parabola in each weight, so the central difference is its slope but for rounding.
            var (low, high) = ((float[])weights.Clone(), (float[])weights.Clone());
            (low[i], high[i]) = (weights[i] - 0.5f, weights[i] + 0.5f);
            Assert.Equal(l2.Penalty(Layout, high) - l2.Penalty(Layout, low), gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Both_forms_by_hand()
    {
        var weights = new float[Layout.Count];
        (weights[0], weights[35]) = (3, 4);
        Assert.Equal(0.5 * 9, new L2(0.5f).Penalty(Layout, weights));
        Assert.Equal(0.25 * 9, new L2(0.5f, Halved: true).Penalty(Layout, weights));
        Assert.Equal(0.25 * 25, new L2(0.5f, Halved: true, BiasesToo: true).Penalty(Layout, weights));
        var gradient = new float[Layout.Count];
        new L2(0.5f).AddGradient(Layout, 0, weights, gradient);
        Assert.Equal((3f, 0f), (gradient[0], gradient[35]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_cut_across_parameters_gives_the_bits_of_the_reference(bool biasesToo)
    {
        var l2 = new L2(0.01f, BiasesToo: biasesToo);
        var weights = Numbers(2);
        var wanted = Numbers(3);
        foreach (var slice in Layout.Slices.Where(slice => biasesToo || slice.Role == ParameterRole.Weight))
            l2.AddReference(weights.AsSpan(slice.Offset, slice.Count), wanted.AsSpan(slice.Offset, slice.Count));
        for (var length = 1; length <= Layout.Count; length++)
        {
            var gradient = Numbers(3);
            for (var first = 0; first < Layout.Count; first += length)
            {
                var count = Math.Min(length, Layout.Count - first);
                l2.AddGradient(Layout, first, weights.AsSpan(first, count), gradient.AsSpan(first, count));
            }
            AssertBits.Equal(wanted, gradient);
        }
    }

    [Fact]
    public void A_slice_outside_the_parameters_is_refused() =>
        Assert.Throws<ArgumentException>(() => new L2(1).AddGradient(Layout, 360, new float[3], new float[3]));

    [Fact]
    public void A_negative_strength_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new L2(-1));

    private static float[] Numbers(uint key)
    {
        var random = new RandomStream(1, RandomPurpose.Test, key);
        return [.. Enumerable.Range(0, Layout.Count).Select(_ => 2 * random.NextFloat() - 1)];
    }
}
