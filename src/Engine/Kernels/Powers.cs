using System.Numerics;
using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

/// <summary>x to the power p, with the same bits on every platform where x is a float.</summary>
/// <remarks><code>
/// p whole, |p| &lt; 2^31   x·x·… by squares: 1 · x^bit₀ · (x²)^bit₁ · (x⁴)^bit₂ …, bit₀ the lowest of |p|; 1/that for p &lt; 0
/// otherwise            e^(p·ln x); NaN for x &lt; 0, 0^p is 0 for p > 0 and +∞ for p &lt; 0
/// </code>
/// A float's power is taken in double (<see cref="PortableMath"/>) and rounded once, so it is within 1 ulp where it is not
/// exact: e^(p·ln x) in float would lose as many digits as p·ln x has before its point. Other types go by their own Pow where p is not
/// whole. x^0 is 1, of NaN too.
/// </remarks>
public static class Powers
{
    /// <summary>x^p.</summary>
    public static T Of<T>(T x, double p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>((float)Portable(Unsafe.BitCast<T, float>(x), p));
        return IsWhole(p) ? Repeated(x, (int)p) : T.Pow(x, T.CreateChecked(p));
    }

    /// <summary>x^p of two numbers of the type.</summary>
    public static T Of<T>(T x, T p) where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float)
        ? Unsafe.BitCast<float, T>((float)Portable(Unsafe.BitCast<T, float>(x), Unsafe.BitCast<T, float>(p)))
        : T.Pow(x, p);

    /// <summary>∂x^p/∂x = p·x^(p−1); 0 for p = 0, wherever x is.</summary>
    public static T Slope<T>(T x, double p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (p == 0) return T.Zero;
        return typeof(T) == typeof(float)
            ? Unsafe.BitCast<float, T>((float)(p * Portable(Unsafe.BitCast<T, float>(x), p - 1)))
            : T.CreateChecked(p) * Of(x, p - 1);
    }

    private static double Portable(double x, double p)
    {
        if (IsWhole(p)) return Repeated(x, (int)p);
        // Every double from 2^31 on that came from a float is even.
        return PortableMath.Exp(p * PortableMath.Log(Math.Abs(p) >= int.MaxValue ? Math.Abs(x) : x));
    }

    private static bool IsWhole(double p) => Math.Abs(p) < int.MaxValue && Math.Floor(p) == p;

    private static T Repeated<T>(T x, int p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var power = T.One;
        for (var (bits, square) = (Math.Abs(p), x); bits != 0; (bits, square) = (bits >> 1, square * square))
            if ((bits & 1) != 0) power *= square;
        return p < 0 ? T.One / power : power;
    }
}
