using System.Runtime.InteropServices;

namespace Distributed.Engine.Tests.Kernels;

/// <summary>Helpers for tests of equal bits.</summary>
internal static class Bits
{
    /// <summary>Numbers a kernel must not stumble over.</summary>
    public static readonly float[] Extremes =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1.1754942e-38f, 1.17549435e-38f, -1.17549435e-38f, float.MaxValue,
        float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.7f, 88.72284f, 88.8f, 89f, -87.3f, -87.4f,
        -103.9f, -103.98f, -104f, -105f, 0.5f, 0.625f, 0.62499994f, -0.625f, 9f, 9.1f, 20f, 1e-10f, -1e-10f, 0.99999994f, 1.0000001f,
    ];

    /// <summary>Values of many magnitudes around zero, of both signs, with the extremes strewn in.</summary>
    public static float[] Mixed(int length, int seed, bool extremes = true)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = extremes && random.Next(8) == 0
                ? Extremes[random.Next(Extremes.Length)]
                : (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-6, 8)));
        }
        return values;
    }

    /// <summary>Fails at the first element whose bits differ; any NaN equals any other.</summary>
    public static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])) continue;
            if (float.IsNaN(expected[i]) && float.IsNaN(actual[i])) continue;
            Assert.Fail($"{what}: element {i} is {actual[i]:R}, the reference gives {expected[i]:R}");
        }
    }

    /// <summary>Distance to the exact value, in units of the last place of the nearest float.</summary>
    public static double UlpError(float actual, double exact)
    {
        if (float.IsNaN(actual) || double.IsNaN(exact)) return float.IsNaN(actual) && double.IsNaN(exact) ? 0 : double.PositiveInfinity;
        if ((float)exact == actual) return Math.Abs(exact) <= float.MaxValue ? Math.Abs(exact - actual) / Ulp(exact) : 0;
        return Math.Abs(exact - actual) / Ulp(exact);
    }

    private static double Ulp(double value)
    {
        var exponent = Math.Max(Math.ILogB(value), -126);
        return Math.ScaleB(1, exponent - 23);
    }

    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values);
}
