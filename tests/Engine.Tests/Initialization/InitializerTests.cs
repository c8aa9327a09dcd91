using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Tests.Initialization;

public class InitializerTests
{
    private static readonly Shape Shape = new(300, 200);

    public static TheoryData<Initializer, double> Deviations => new()
    {
        { new Gaussian(0.01f), 0.01 },
        { new HeNormal(), Math.Sqrt(2.0 / 200) },
        { new GlorotNormal(), Math.Sqrt(2.0 / 500) },
        { new GlorotUniform(), Math.Sqrt(6.0 / 500 / 3) },
        { new HeUniform(), Math.Sqrt(2.0 / 200) },
        { new Uniform(0.3f), 0.3 / Math.Sqrt(3) },
        { new Orthogonal(2), 2 / Math.Sqrt(300) },
    };

    [Theory]
    [MemberData(nameof(Deviations))]
    public void Weights_have_mean_0_and_the_deviation_of_the_formula(Initializer initializer, double deviation)
    {
        var weights = Fill(initializer, 1, 0);
        var mean = weights.Average();
        var measured = Math.Sqrt(weights.Average(w => (double)w * w));
        // 60,000 weights: the mean is off by deviation/245, the deviation by 1/350 of itself; both four times over.
        Assert.InRange(mean, -deviation / 60, deviation / 60);
        Assert.InRange(measured / deviation, 1 - 0.0125, 1 + 0.0125);
    }

    /// <summary>Part of every run's answer: if this changes, all fingerprints change.</summary>
    [Fact]
    public void The_first_weights_of_a_seed_never_change()
    {
        var weights = new float[6];
        new HeNormal().Fill(weights, new Shape(3, 2), 1, 0);
        AssertBits.Equal([-0.25166175f, 0.1830601f, 0.56323195f, 0.8922541f, -0.34943303f, -0.28588092f], weights);
    }

    [Theory]
    [MemberData(nameof(Deviations))]
    public void Seed_and_index_are_the_key(Initializer initializer, double _)
    {
        var weights = Fill(initializer, 1, 0);
        Assert.Equal(weights, Fill(initializer, 1, 0));
        Assert.NotEqual(weights, Fill(initializer, 2, 0));
        Assert.NotEqual(weights, Fill(initializer, 1, 1));
    }

    [Fact]
    public void Uniform_weights_stay_within_the_limit_and_reach_it()
    {
        var limit = Math.Sqrt(6.0 / 500);
        var weights = Fill(new GlorotUniform(), 1, 0);
        Assert.InRange(weights.Max(), 0.999 * limit, limit);
        Assert.InRange(weights.Min(), -limit * 1.0000001, -0.999 * limit);
    }

    [Theory]
    [InlineData(new[] { 300, 200 }, 200, 300)]
    [InlineData(new[] { 16, 3, 5, 5 }, 75, 400)]
    [InlineData(new[] { 10 }, 1, 10)]
    [InlineData(new int[0], 1, 1)]
    public void Fans(int[] extents, long fanIn, long fanOut) => Assert.Equal(new Fans(fanIn, fanOut), Engine.Initialization.Fans.Of(new Shape(extents)));

    [Fact]
    public void A_slice_of_the_model_does_not_depend_on_the_slice_before_it()
    {
        static ParameterLayout Layout(int first) => new([
            new ParameterSlice("a", new Shape(first, 4), 0, ParameterRole.Weight, new HeNormal()),
            new ParameterSlice("b", new Shape(5, 4), 4 * first, ParameterRole.Weight, new Gaussian(1)),
            new ParameterSlice("c", new Shape(5), 4 * first + 20, ParameterRole.Bias, Initializer.Zero),
        ]);
        var (small, large) = (Layout(3).InitialWeights(9), Layout(30).InitialWeights(9));
        Assert.Equal(small.AsSpan(12, 20), large.AsSpan(120, 20));
        Assert.All(small[^5..], weight => Assert.Equal(0, BitConverter.SingleToInt32Bits(weight)));
    }

    [Fact]
    public void Initializers_are_equal_by_value()
    {
        Assert.Equal(new Gaussian(0.5f), new Gaussian(0.5f));
        Assert.NotEqual(new Gaussian(0.5f), new Gaussian(0.25f));
        Assert.NotEqual<Initializer>(new HeNormal(), new GlorotNormal());
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_sigma_that_is_no_deviation_is_refused(float sigma) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gaussian(sigma));

    [Fact]
    public void A_constant_is_everywhere() => Assert.All(Fill(new Constant(-0.5f), 1, 0), weight => Assert.Equal(-0.5f, weight));

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Func<object>[] wrong = [() => new Uniform(-1), () => new Uniform(float.NaN), () => new Orthogonal(0), () => new Constant(float.NaN)];
        foreach (var make in wrong) Assert.Throws<ArgumentOutOfRangeException>(make);
    }

    private static float[] Fill(Initializer initializer, ulong seed, uint parameter)
    {
        var weights = new float[Shape.SampleElements];
        initializer.Fill(weights, Shape, seed, parameter);
        return weights;
    }
}
