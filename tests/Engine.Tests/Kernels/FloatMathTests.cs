using System.Runtime.Intrinsics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Tests.Kernels;

public class FloatMathTests
{
    public static TheoryData<string, double> Functions => new()
    {
        { "exp", 1.1 }, { "log", 1.0 }, { "log1p", 2.0 }, { "tanh", 2.0 }, { "sigmoid", 2.5 },
    };

    private static (Func<float, float> One, Func<Vector512<float>, Vector512<float>> Many, Func<double, double> Exact) Of(string name) =>
        name switch
        {
            "exp" => (FloatMath.Exp, FloatMath.Exp, Math.Exp),
            "log" => (FloatMath.Log, FloatMath.Log, Math.Log),
            "log1p" => (FloatMath.Log1p, FloatMath.Log1p, ExactLog1p),
            "tanh" => (FloatMath.Tanh, FloatMath.Tanh, Math.Tanh),
            "sigmoid" => (FloatMath.Sigmoid, FloatMath.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
            _ => throw new ArgumentException(name),
        };

    /// <summary>The library's takes the logarithm of 1 + x, which loses a small x.</summary>
    private static double ExactLog1p(double x) =>
        Math.Abs(x) < 1e-3 ? x * (1 - (x * (0.5 - (x * ((1.0 / 3) - (x * (0.25 - (x / 5)))))))) : Math.Log(1 + x);

    /// <summary>Every 1021st float of all there are, so every exponent and sign.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Close_to_the_exact_value_over_all_floats(string name, double ulps)
    {
        var (one, _, exact) = Of(name);
        var (worst, at) = (0.0, 0f);
        for (var bits = (long)int.MinValue; bits <= int.MaxValue; bits += 1021)
        {
            var x = BitConverter.Int32BitsToSingle((int)bits);
            var (actual, expected) = (one(x), exact(x));
            // Beyond half an ulp above the largest float the nearest float is infinity.
            var error = float.IsInfinity(actual) && Math.Abs(expected) > float.MaxValue && actual > 0 == expected > 0
                ? 0
                : Bits.UlpError(actual, expected);
            if (!(error <= worst)) (worst, at) = (error, x);
        }
        Assert.True(worst <= ulps, $"{name}({at:R}) is {one(at):R}, exact {exact(at):R}: {worst} ulp");
    }

    [Fact]
    public void Expm1_of_numbers_below_zero_is_close_to_the_exact_value()
    {
        var worst = 0.0;
        for (var bits = (long)int.MinValue; bits <= BitConverter.SingleToInt32Bits(float.NegativeInfinity); bits += 1021)
        {
            var x = BitConverter.Int32BitsToSingle((int)bits);
            var exact = x > -1e-3 ? x * (1.0 + (x * (0.5 + (x / 6.0)))) : Math.Exp(x) - 1;
            worst = Math.Max(worst, Bits.UlpError(FloatMath.Expm1OfNegative(x), exact));
        }
        Assert.InRange(worst, 0.5, 4);
        Assert.Equal(-1, FloatMath.Expm1OfNegative(float.NegativeInfinity));
        Assert.True(float.IsNaN(FloatMath.Expm1OfNegative(float.NaN)));
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_vector_gives_the_bits_of_the_scalar(string name, double ulps)
    {
        _ = ulps;
        var (one, many, _) = Of(name);
        var (expected, x) = (new float[16], new float[16]);
        for (var bits = (long)int.MinValue; bits <= int.MaxValue - (16 * 20011); bits += 16 * 20011)
        {
            for (var i = 0; i < 16; i++)
            {
                x[i] = BitConverter.Int32BitsToSingle((int)(bits + (i * 20011L)));
                expected[i] = one(x[i]);
            }
            AssertSame(expected, many(Vector512.Create(x)), x);
        }
        for (var i = 0; i < Bits.Extremes.Length; i++)
        {
            Array.Fill(x, Bits.Extremes[i]);
            Array.Fill(expected, one(Bits.Extremes[i]));
            AssertSame(expected, many(Vector512.Create(x)), x);
        }

        void AssertSame(float[] wanted, Vector512<float> got, float[] arguments)
        {
            var actual = new float[16];
            got.CopyTo(actual);
            // Here even the NaN is defined.
            for (var i = 0; i < 16; i++)
            {
                Assert.True(BitConverter.SingleToInt32Bits(wanted[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                    $"{name}({arguments[i]:R}): scalar {wanted[i]:R}, vector {actual[i]:R}");
            }
        }
    }

    [Fact]
    public void Edges_are_as_documented()
    {
        Assert.Equal(1f, FloatMath.Exp(0f));
        Assert.Equal(1f, FloatMath.Exp(-0f));
        Assert.Equal(float.PositiveInfinity, FloatMath.Exp(88.8f));
        Assert.Equal(float.PositiveInfinity, FloatMath.Exp(float.PositiveInfinity));
        Assert.Equal(0f, FloatMath.Exp(-104f));
        Assert.Equal(0f, FloatMath.Exp(float.NegativeInfinity));
        Assert.Equal(float.Epsilon, FloatMath.Exp(-103.9f));
        Assert.True(float.IsNaN(FloatMath.Exp(float.NaN)));
        Assert.Equal(float.NegativeInfinity, FloatMath.Log(-0f));
        Assert.Equal(0, BitConverter.SingleToInt32Bits(FloatMath.Log(1f)));
        Assert.True(float.IsNaN(FloatMath.Log(-1f)));
        Assert.Equal(float.PositiveInfinity, FloatMath.Log(float.PositiveInfinity));
        Assert.Equal(float.NegativeInfinity, FloatMath.Log1p(-1f));
        Assert.True(float.IsNaN(FloatMath.Log1p(-2f)));
        Assert.Equal(1f, FloatMath.Tanh(float.PositiveInfinity));
        Assert.Equal(-1f, FloatMath.Tanh(float.NegativeInfinity));
        Assert.True(float.IsNegative(FloatMath.Tanh(-0f)));
        Assert.Equal(0.5f, FloatMath.Sigmoid(0f));
        Assert.Equal(1f, FloatMath.Sigmoid(float.PositiveInfinity));
        Assert.Equal(0f, FloatMath.Sigmoid(float.NegativeInfinity));
        Assert.True(float.IsNaN(FloatMath.Sigmoid(float.NaN)));
    }

    [Fact]
    public void Double_goes_to_the_runtime()
    {
        Assert.Equal(Math.Exp(0.3), Scalar.Exp(0.3));
        Assert.Equal(Math.Log(0.3), Scalar.Log(0.3));
        Assert.Equal(Math.Tanh(0.3), Scalar.Tanh(0.3));
        Assert.Equal(1 / (1 + Math.Exp(-0.3)), Scalar.Sigmoid(0.3), 15);
        Assert.Equal(FloatMath.Exp(0.3f), Scalar.Exp(0.3f));
    }
}
