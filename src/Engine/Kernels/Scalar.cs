using System.Numerics;
using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

/// <summary>Functions of one number of any element type: float by <see cref="FloatMath"/>, any other by its own type.</summary>
/// <remarks>Only float has the same bits on every platform; double is for checking gradients.</remarks>
public static class Scalar
{
    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(FloatMath.Exp(Unsafe.BitCast<T, float>(x))) : T.Exp(x);

    /// <summary>e^x − 1 for x ≤ 0, exact near 0 too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Expm1OfNegative<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(FloatMath.Expm1OfNegative(Unsafe.BitCast<T, float>(x))) : T.ExpM1(x);

    /// <summary>Natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(FloatMath.Log(Unsafe.BitCast<T, float>(x))) : T.Log(x);

    /// <summary>log(1 + x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log1p<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(FloatMath.Log1p(Unsafe.BitCast<T, float>(x))) : T.LogP1(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(FloatMath.Tanh(Unsafe.BitCast<T, float>(x))) : T.Tanh(x);

    /// <summary>1 / (1 + e^−x) without overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(FloatMath.Sigmoid(Unsafe.BitCast<T, float>(x)));
        var z = T.Exp(-T.Abs(x));
        return (x < T.Zero ? z : T.One) / (T.One + z);
    }
}
