using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class PowersTests
{
    /// <summary>A whole power is the product rounded once; a square is x·x, a reciprocal 1/x to the bit.</summary>
    [Fact]
    public void Whole_exponents_multiply()
    {
        foreach (var x in Bits.Mixed(2000, 5))
        {
            Bits.AssertEqual([x * x, 1 / x, x, 1, (float)((double)x * x * x), (float)(1 / ((double)x * x))],
                [Powers.Of(x, 2.0), Powers.Of(x, -1.0), Powers.Of(x, 1.0), Powers.Of(x, 0.0), Powers.Of(x, 3f), Powers.Of(x, -2f)],
                $"{x:R}");
        }
        Assert.Equal(-128f, Powers.Of(-2f, 7f));
        Assert.Equal(double.Pow(1.1, 13), Powers.Of(1.1, 13.0), 1e-14);
    }

    [Fact]
    public void Other_exponents_are_within_half_an_ulp_and_a_little()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var (x, p) = ((float)Math.Exp((random.NextDouble() - 0.5) * 60), (float)((random.NextDouble() - 0.5) * 4));
            Assert.True(Bits.UlpError(Powers.Of(x, p), Math.Pow(x, p)) < 0.5001, $"{x:R}^{p:R} is {Powers.Of(x, p):R}");
        }
    }

    [Theory]
    [InlineData(0f, 0.5f, 0f)]
    [InlineData(0f, -0.5f, float.PositiveInfinity)]
    [InlineData(-1f, 0.5f, float.NaN)]
    [InlineData(float.PositiveInfinity, 0.5f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, -0.5f, 0f)]
    [InlineData(float.NaN, 0f, 1f)]
    [InlineData(float.NaN, 0.5f, float.NaN)]
    [InlineData(2f, float.NaN, float.NaN)]
    [InlineData(2f, 1000f, float.PositiveInfinity)]
    [InlineData(-2f, 1001f, float.NegativeInfinity)]
    [InlineData(-2f, -1000f, 0f)]
    [InlineData(-1f, 4e9f, 1f)]
    public void At_the_ends_of_the_range(float x, float p, float wanted)
    {
        Assert.Equal(wanted, Powers.Of(x, p));
        Assert.Equal(wanted, Powers.Of(x, (double)p));
    }

    [Fact]
    public void Slopes()
    {
        Assert.Equal(12f, Powers.Slope(2f, 3));
        Assert.Equal(12.0, Powers.Slope(2.0, 3));
        Assert.Equal(0f, Powers.Slope(0f, 0));
        Assert.Equal(1f, Powers.Slope(0f, 1));
        Assert.Equal(0.25f, Powers.Slope(4f, 0.5));
    }
}
