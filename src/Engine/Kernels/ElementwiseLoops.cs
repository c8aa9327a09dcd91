using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>A function of one element and a constant c (which most ignore), for every element type and vector width.</summary>
internal interface IUnaryOperator
{
    static abstract T Scalar<T>(T x, T c) where T : unmanaged, IFloatingPointIeee754<T>;

    static abstract V Lanes<L, V>(V x, V c) where L : ILanes<V> where V : struct;
}

/// <summary>A function of two elements and a constant c.</summary>
internal interface IBinaryOperator
{
    static abstract T Scalar<T>(T x, T y, T c) where T : unmanaged, IFloatingPointIeee754<T>;

    static abstract V Lanes<L, V>(V x, V y, V c) where L : ILanes<V> where V : struct;
}

/// <summary>A function of three elements.</summary>
internal interface ITernaryOperator
{
    static abstract T Scalar<T>(T x, T y, T z) where T : unmanaged, IFloatingPointIeee754<T>;

    static abstract V Lanes<L, V>(V x, V y, V z) where L : ILanes<V> where V : struct;
}

/// <summary>The one loop per number of arguments that every elementwise kernel runs in.</summary>
/// <remarks>
/// float goes in vectors of 16 (8 without AVX-512) and one by one at the end; every other type, and float in
/// <see cref="Reference{TOp,T}(ReadOnlySpan{T},T,Span{T})"/>, one by one. The result may be the same memory as an argument;
/// it may not overlap one otherwise.
/// </remarks>
internal static class ElementwiseLoops
{
    public static void Apply<TOp, T>(ReadOnlySpan<T> x, T c, Span<T> result)
        where TOp : IUnaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check<TOp>(x.Length, result.Length);
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            var constant = Unsafe.BitCast<T, float>(c);
            done = Vector512.IsHardwareAccelerated
                ? Vectors<TOp, Lanes512, Vector512<float>>(Floats(x), constant, Floats(result))
                : Vectors<TOp, Lanes256, Vector256<float>>(Floats(x), constant, Floats(result));
        }
        Reference<TOp, T>(x[done..], c, result[done..]);
    }

    public static void Apply<TOp, T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, T c, Span<T> result)
        where TOp : IBinaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check<TOp>(x.Length, result.Length);
        Check<TOp>(y.Length, result.Length);
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            var constant = Unsafe.BitCast<T, float>(c);
            done = Vector512.IsHardwareAccelerated
                ? Vectors<TOp, Lanes512, Vector512<float>>(Floats(x), Floats(y), constant, Floats(result))
                : Vectors<TOp, Lanes256, Vector256<float>>(Floats(x), Floats(y), constant, Floats(result));
        }
        Reference<TOp, T>(x[done..], y[done..], c, result[done..]);
    }

    public static void Apply<TOp, T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where TOp : ITernaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check<TOp>(x.Length, result.Length);
        Check<TOp>(y.Length, result.Length);
        Check<TOp>(z.Length, result.Length);
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            done = Vector512.IsHardwareAccelerated
                ? Vectors<TOp, Lanes512, Vector512<float>>(Floats(x), Floats(y), Floats(z), Floats(result))
                : Vectors<TOp, Lanes256, Vector256<float>>(Floats(x), Floats(y), Floats(z), Floats(result));
        }
        Reference<TOp, T>(x[done..], y[done..], z[done..], result[done..]);
    }

    public static void Reference<TOp, T>(ReadOnlySpan<T> x, T c, Span<T> result)
        where TOp : IUnaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < result.Length; i++) result[i] = TOp.Scalar(x[i], c);
    }

    public static void Reference<TOp, T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, T c, Span<T> result)
        where TOp : IBinaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < result.Length; i++) result[i] = TOp.Scalar(x[i], y[i], c);
    }

    public static void Reference<TOp, T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where TOp : ITernaryOperator where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < result.Length; i++) result[i] = TOp.Scalar(x[i], y[i], z[i]);
    }

    /// <summary>The whole vectors of x; gives the number of elements done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Vectors<TOp, L, V>(ReadOnlySpan<float> x, float constant, Span<float> result)
        where TOp : IUnaryOperator where L : ILanes<V> where V : struct
    {
        var c = L.Create(constant);
        var vx = MemoryMarshal.Cast<float, V>(x);
        var vr = MemoryMarshal.Cast<float, V>(result)[..vx.Length];
        for (var i = 0; i < vr.Length; i++) vr[i] = TOp.Lanes<L, V>(vx[i], c);
        return vr.Length * (Unsafe.SizeOf<V>() / sizeof(float));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Vectors<TOp, L, V>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float constant, Span<float> result)
        where TOp : IBinaryOperator where L : ILanes<V> where V : struct
    {
        var c = L.Create(constant);
        var vr = MemoryMarshal.Cast<float, V>(result);
        var vx = MemoryMarshal.Cast<float, V>(x)[..vr.Length];
        var vy = MemoryMarshal.Cast<float, V>(y)[..vr.Length];
        for (var i = 0; i < vr.Length; i++) vr[i] = TOp.Lanes<L, V>(vx[i], vy[i], c);
        return vr.Length * (Unsafe.SizeOf<V>() / sizeof(float));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Vectors<TOp, L, V>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z, Span<float> result)
        where TOp : ITernaryOperator where L : ILanes<V> where V : struct
    {
        var vr = MemoryMarshal.Cast<float, V>(result);
        var vx = MemoryMarshal.Cast<float, V>(x)[..vr.Length];
        var vy = MemoryMarshal.Cast<float, V>(y)[..vr.Length];
        var vz = MemoryMarshal.Cast<float, V>(z)[..vr.Length];
        for (var i = 0; i < vr.Length; i++) vr[i] = TOp.Lanes<L, V>(vx[i], vy[i], vz[i]);
        return vr.Length * (Unsafe.SizeOf<V>() / sizeof(float));
    }

    private static ReadOnlySpan<float> Floats<T>(ReadOnlySpan<T> span) where T : unmanaged => MemoryMarshal.Cast<T, float>(span);

    private static Span<float> Floats<T>(Span<T> span) where T : unmanaged => MemoryMarshal.Cast<T, float>(span);

    private static void Check<TOp>(int argument, int result)
    {
        if (argument != result)
            throw new ArgumentException($"{typeof(TOp).Name}: the result has {result} elements, an argument {argument}");
    }
}
