namespace Distributed.Engine.Kernels;

/// <summary>exp, log, sin and cos of double, with the same bits on every platform; within 2 ulp of the true value.</summary>
/// <remarks>
/// <see cref="Math"/> calls the platform's C library, whose last bit differs between platforms. These are built on
/// + − · / fma alone. They are used where the answer depends on them and speed does not matter: random normal numbers and
/// made-up data sets. The polynomials are Taylor series, cut where the next term is below 2^-56 of the value.
/// </remarks>
public static class PortableMath
{
    /// <summary>The largest |x| of <see cref="Sin"/> and <see cref="Cos"/>: 2^30. Beyond it the reduction would lose digits.</summary>
    public const double MaxAngle = 1 << 30;

    private const double Ln2High = 0.6931471803691238; // 32 bits of ln 2, so that n·Ln2High is exact
    private const double Ln2Low = 1.9082149292705877e-10;
    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiMiddle = 6.123233995736766e-17;
    private const double HalfPiLow = -1.4973849048591698e-33;

    /// <summary>√x; the same bits everywhere by IEEE 754.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>e^x. Exp(0) is 1; above 709.79 it is +∞, below −745.2 it is +0.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return double.NaN;
        if (x > 710) return double.PositiveInfinity;
        if (x < -746) return 0;
        var n = Math.Round(x * 1.4426950408889634);
        var r = Math.FusedMultiplyAdd(n, -Ln2High, x);
        r = Math.FusedMultiplyAdd(n, -Ln2Low, r);
        ReadOnlySpan<double> q = [1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
            1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800];
        var y = 1 + Math.FusedMultiplyAdd(r * r, Horner(q, r), r);
        var half = (int)n >> 1;
        return y * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>Natural logarithm. Log(±0) is −∞, of a negative number NaN, of 1 +0.</summary>
    public static double Log(double x)
    {
        if (!(x > 0)) return x == 0 ? double.NegativeInfinity : double.NaN;
        if (double.IsPositiveInfinity(x)) return x;
        var e = 0;
        if (x < 2.2250738585072014e-308) (x, e) = (x * 18014398509481984.0, -54); // 2^54
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits - 0x3FE6A09E667F3BCD) >> 52); // √½ and up
        e += exponent;
        var f = BitConverter.Int64BitsToDouble(bits - ((long)exponent << 52)) - 1;
        // log(1 + f) = 2·artanh(s) with s = f / (2 + f), written so that the leading term f is exact.
        var s = f / (2 + f);
        var z = s * s;
        ReadOnlySpan<double> p = [2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21];
        var halfSquare = 0.5 * f * f;
        var small = Math.FusedMultiplyAdd(s, Math.FusedMultiplyAdd(z, Horner(p, z), halfSquare), e * Ln2Low);
        return Math.FusedMultiplyAdd(e, Ln2High, f - (halfSquare - small));
    }

    /// <summary>x^n for n ≥ 0 by repeated squaring: products alone.</summary>
    public static double Power(double x, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var power = 1.0;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0) power *= x;
        return power;
    }

    /// <summary>Sine of an angle in radians; NaN for NaN and ±∞.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above <see cref="MaxAngle"/>.</exception>
    public static double Sin(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        var quarter = Reduce(x, out var high, out var low);
        var y = (quarter & 1) == 0 ? SinNear(high, low) : CosNear(high, low);
        return (quarter & 2) == 0 ? y : -y;
    }

    /// <summary>Cosine of an angle in radians; NaN for NaN and ±∞.</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above <see cref="MaxAngle"/>.</exception>
    public static double Cos(double x)
    {
        if (!double.IsFinite(x)) return double.NaN;
        var quarter = Reduce(x, out var high, out var low) + 1;
        var y = (quarter & 1) == 0 ? SinNear(high, low) : CosNear(high, low);
        return (quarter & 2) == 0 ? y : -y;
    }

    /// <summary>x = n·π/2 + high + low with |high| ≤ π/4 and low far below high; gives n.</summary>
    private static int Reduce(double x, out double high, out double low)
    {
        if (Math.Abs(x) > MaxAngle)
            throw new ArgumentOutOfRangeException(nameof(x), x, $"an angle from -2^30 to 2^30 radians is wanted, got {x}");
        var n = Math.Round(x * 0.6366197723675814);
        var first = Math.FusedMultiplyAdd(n, -HalfPiHigh, x); // exact
        var middle = n * HalfPiMiddle;
        var middleLost = Math.FusedMultiplyAdd(n, HalfPiMiddle, -middle);
        high = first - middle;
        var back = high - first;
        var differenceLost = first - (high - back) - (middle + back);
        low = Math.FusedMultiplyAdd(n, -HalfPiLow, differenceLost - middleLost);
        return (int)n;
    }

    private static double SinNear(double x, double low)
    {
        ReadOnlySpan<double> p = [-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800,
            -1.0 / 1307674368000, 1.0 / 355687428096000];
        var z = x * x;
        var correction = Math.FusedMultiplyAdd(x * z, Horner(p, z), low * (1 - (0.5 * z)));
        return x + correction;
    }

    private static double CosNear(double x, double low)
    {
        ReadOnlySpan<double> p = [1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200,
            1.0 / 20922789888000, -1.0 / 6402373705728000];
        var z = x * x;
        var half = 0.5 * z;
        var one = 1 - half;
        var lost = 1 - one - half; // what rounding 1 − z/2 dropped
        return one + (lost + Math.FusedMultiplyAdd(z * z, Horner(p, z), -x * low));
    }

    /// <summary>c₀ + c₁x + c₂x² + …, highest first.</summary>
    private static double Horner(ReadOnlySpan<double> c, double x)
    {
        var y = c[^1];
        for (var i = c.Length - 2; i >= 0; i--) y = Math.FusedMultiplyAdd(y, x, c[i]);
        return y;
    }

    /// <summary>2^n for n in −1022..1023.</summary>
    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);
}
