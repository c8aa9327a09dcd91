using System.Numerics;
using System.Runtime.CompilerServices;

namespace Distributed.Engine.Kernels;

internal readonly struct NegateOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => -x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => L.Subtract(L.Create(-0f), x);
}

internal readonly struct SqrtOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => T.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => L.Sqrt(x);
}

internal readonly struct SquareOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => L.Multiply(x, x);
}

internal readonly struct ExpOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => Kernels.Scalar.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => FloatMath.Exp<L, V>(x);
}

internal readonly struct LogOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => Kernels.Scalar.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => FloatMath.Log<L, V>(x);
}

internal readonly struct Log1pOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => Kernels.Scalar.Log1p(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => FloatMath.Log1p<L, V>(x);
}

internal readonly struct TanhOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => Kernels.Scalar.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => FloatMath.Tanh<L, V>(x);
}

internal readonly struct SigmoidOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => Kernels.Scalar.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => FloatMath.Sigmoid<L, V>(x);
}

internal readonly struct ReluOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => x > T.Zero || T.IsNaN(x) ? x : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct =>
        L.Select(L.Greater(x, L.Create(0f)), x, L.Select(L.AreEqual(x, x), L.Create(0f), x));
}

internal readonly struct AddScalarOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => x + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => L.Add(x, c);
}

internal readonly struct ScaleOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => x * c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct => L.Multiply(x, c);
}

internal readonly struct LeakyReluOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> => x > T.Zero ? x : c * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct =>
        L.Select(L.Greater(x, L.Create(0f)), x, L.Multiply(c, x));
}

internal readonly struct EluOperator : IUnaryOperator
{
    public static T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T> =>
        x > T.Zero ? x : c * Kernels.Scalar.Expm1OfNegative(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct =>
        L.Select(L.Greater(x, L.Create(0f)), x, L.Multiply(c, FloatMath.Expm1OfNegative<L, V>(x)));
}

internal readonly struct AddOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.Add(x, y);
}

internal readonly struct SubtractOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.Subtract(x, y);
}

internal readonly struct MultiplyOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.Multiply(x, y);
}

internal readonly struct DivideOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.Divide(x, y);
}

internal readonly struct AddScaledOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => T.FusedMultiplyAdd(c, y, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.Fma(c, y, x);
}

/// <summary>x is dy, y is y.</summary>
internal readonly struct ReluBackwardOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => y > T.Zero ? x : T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct => L.And(L.Greater(y, L.Create(0f)), x);
}

/// <summary>x is dy, y is x.</summary>
internal readonly struct LeakyReluBackwardOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => y > T.Zero ? x : c * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct =>
        L.Select(L.Greater(y, L.Create(0f)), x, L.Multiply(c, x));
}

/// <summary>x is dy, y is x.</summary>
internal readonly struct EluBackwardOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> =>
        y > T.Zero ? x : x * (c * Kernels.Scalar.Exp(y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct =>
        L.Select(L.Greater(y, L.Create(0f)), x, L.Multiply(x, L.Multiply(c, FloatMath.Exp<L, V>(y))));
}

/// <summary>x is dy, y is y.</summary>
internal readonly struct TanhBackwardOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> =>
        x * T.FusedMultiplyAdd(-y, y, T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct =>
        L.Multiply(x, L.Fma(L.Subtract(L.Create(-0f), y), y, L.Create(1f)));
}

/// <summary>x is dy, y is y.</summary>
internal readonly struct SigmoidBackwardOperator : IBinaryOperator
{
    public static T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T> => x * (y * (T.One - y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct =>
        L.Multiply(x, L.Multiply(y, L.Subtract(L.Create(1f), y)));
}

internal readonly struct MultiplyAddOperator : ITernaryOperator
{
    public static T Scalar<T>(T x, T y, T z) where T : unmanaged, IFloatingPointIeee754<T> => T.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Lanes<L, V>(V x, V y, V z) where L : ILanes<V> where V : struct => L.Fma(x, y, z);
}
