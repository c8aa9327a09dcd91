using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Optimizers;

/// <summary><see cref="L1"/> and <see cref="ElasticNet"/>.</summary>
public class L1Tests
{
    private static readonly ParameterLayout Layout = new([
        new ParameterSlice("a.weight", new Shape(7, 5), 0, ParameterRole.Weight, Initializer.Zero),
        new ParameterSlice("a.bias", new Shape(7), 35, ParameterRole.Bias, Initializer.Zero),
        new ParameterSlice("a.mean", new Shape(9), 42, ParameterRole.Statistic, Initializer.Zero),
        new ParameterSlice("b.weight", new Shape(40, 7), 51, ParameterRole.Weight, Initializer.Zero),
    ]);

    [Fact]
    public void By_hand()
    {
        float[] weights = new float[Layout.Count], gradient = new float[Layout.Count];
        (weights[0], weights[1], weights[2], weights[35], weights[42]) = (3, -4, float.NaN, 2, 5);
        Array.Fill(gradient, 1);
        new L1(0.5f).AddGradient(Layout, 0, weights, gradient);
        Assert.Equal([1.5f, 0.5f, 1, 1], gradient[..4]);
        Assert.Equal((1f, 1f), (gradient[35], gradient[42]));
        weights[2] = 0;
        Assert.Equal(0.5 * 7, new L1(0.5f).Penalty(Layout, weights));
        Assert.Equal(0.5 * 9, new L1(0.5f, BiasesToo: true).Penalty(Layout, weights));
        new L1(0.5f, BiasesToo: true).AddGradient(Layout, 0, weights, gradient);
        Assert.Equal((1.5f, 1f), (gradient[35], gradient[42]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_cut_across_parameters_gives_the_bits_of_the_reference(bool biasesToo)
    {
        var l1 = new L1(0.01f, biasesToo);
        var weights = Numbers(2);
        for (var i = 0; i < weights.Length; i += 5) weights[i] = i % 2 == 0 ? 0f : -0f;
        var wanted = Numbers(3);
        foreach (var slice in Layout.Slices.Where(slice => slice.Role == ParameterRole.Weight || (biasesToo && slice.IsTrained)))
            l1.AddReference(weights.AsSpan(slice.Offset, slice.Count), wanted.AsSpan(slice.Offset, slice.Count));
        for (var length = 1; length <= Layout.Count; length++)
        {
            var gradient = Numbers(3);
            for (var first = 0; first < Layout.Count; first += length)
            {
                var count = Math.Min(length, Layout.Count - first);
                l1.AddGradient(Layout, first, weights.AsSpan(first, count), gradient.AsSpan(first, count));
            }
            AssertBits.Equal(wanted, gradient);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_elastic_net_is_the_sum_of_both(bool halved, bool biasesToo)
    {
        var (weights, wanted, gradient) = (Numbers(1), Numbers(4), Numbers(4));
        Regularizer[] both = [new L1(0.25f, biasesToo), new L2(0.5f, halved, biasesToo)];
        foreach (var one in both) one.AddGradient(Layout, 0, weights, wanted);
        var net = new ElasticNet(0.25f, 0.5f, halved, biasesToo);
        net.AddGradient(Layout, 0, weights, gradient);
        AssertBits.Equal(wanted, gradient);
        Assert.Equal(both.Sum(one => one.Penalty(Layout, weights)), net.Penalty(Layout, weights));
        Assert.NotEqual(Numbers(4), gradient);
        Assert.Equal(net, new ElasticNet(0.25f, 0.5f, halved, biasesToo));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new L1(1).AddGradient(Layout, 330, new float[3], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new L1(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticNet(1, float.NaN));
    }

    private static float[] Numbers(uint key)
    {
        var random = new RandomStream(1, RandomPurpose.Test, key);
        return [.. Enumerable.Range(0, Layout.Count).Select(_ => 2 * random.NextFloat() - 1)];
    }
}
