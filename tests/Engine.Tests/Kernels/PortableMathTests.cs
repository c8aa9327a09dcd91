using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class PortableMathTests
{
    [Fact]
    public void Exp_is_within_2_ulp()
    {
        for (var x = -745.0; x < 709.7; x += 0.00173) AssertClose(Math.Exp(x), PortableMath.Exp(x), x);
        Assert.Equal(1, PortableMath.Exp(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(710));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(double.PositiveInfinity));
        Assert.Equal(0, PortableMath.Exp(-750));
        Assert.Equal(0, PortableMath.Exp(double.NegativeInfinity));
        Assert.True(double.IsNaN(PortableMath.Exp(double.NaN)));
    }

    [Fact]
    public void Log_is_within_2_ulp()
    {
        for (var x = 1e-6; x < 4; x += 1.7e-5) AssertClose(Math.Log(x), PortableMath.Log(x), x);
        for (var e = -1074.0; e < 1023.9; e += 0.0371) AssertClose(Math.Log(Math.Pow(2, e)), PortableMath.Log(Math.Pow(2, e)), e);
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.True(double.IsNaN(PortableMath.Log(-1)));
        Assert.True(double.IsNaN(PortableMath.Log(double.NaN)));
    }

    [Fact]
    public void Sin_and_cos_are_within_2_ulp()
    {
        for (var x = -40.0; x < 40; x += 0.000371)
        {
            AssertClose(Math.Sin(x), PortableMath.Sin(x), x);
            AssertClose(Math.Cos(x), PortableMath.Cos(x), x);
        }
        for (var x = 1.0; x < PortableMath.MaxAngle; x *= 1.00017)
        {
            AssertClose(Math.Sin(-x), PortableMath.Sin(-x), x);
            AssertClose(Math.Cos(x), PortableMath.Cos(x), x);
        }
        Assert.Equal(0, PortableMath.Sin(0));
        Assert.Equal(1, PortableMath.Cos(0));
    }

    [Fact]
    public void Sin_and_cos_near_multiples_of_a_quarter_turn_keep_their_digits()
    {
        for (var n = -1000; n <= 1000; n++)
        {
            var x = n * (Math.PI / 2);
            AssertClose(Math.Sin(x), PortableMath.Sin(x), x);
            AssertClose(Math.Cos(x), PortableMath.Cos(x), x);
        }
    }

    [Fact]
    public void An_angle_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.Sin(2e9));
        Assert.True(double.IsNaN(PortableMath.Cos(double.PositiveInfinity)));
    }

    private static void AssertClose(double expected, double actual, double x)
    {
        var ulp = Math.Max(Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected), double.Epsilon);
        Assert.True(Math.Abs(expected - actual) <= 2 * ulp, $"at {x:R}: {expected:R} is wanted, got {actual:R}");
    }
}
