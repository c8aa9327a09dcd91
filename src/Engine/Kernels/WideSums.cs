using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Engine.Kernels;

/// <summary>Sums for statistics, in a type that is wider where that matters: floats are summed in double by <see cref="Reductions"/>,
/// in eight lanes; any other type in itself, in index order.</summary>
internal static class WideSums
{
    /// <summary>Σ x_i.</summary>
    public static TSum Sum<T, TSum>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        if (x.Length == 1) return TSum.CreateChecked(x[0]);
        if (IsFloat<T, TSum>()) return Wide<TSum>(Reductions.Sum(Floats(x)));
        var sum = TSum.Zero;
        foreach (var element in x) sum += TSum.CreateChecked(element);
        return sum;
    }

    /// <summary>Σ (x_i − center)².</summary>
    public static TSum SumOfSquares<T, TSum>(ReadOnlySpan<T> x, TSum center)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        if (x.Length > 1 && IsFloat<T, TSum>()) return Wide<TSum>(Reductions.SumOfSquaresAround(Floats(x), Unsafe.BitCast<TSum, double>(center)));
        var sum = TSum.Zero;
        foreach (var element in x)
        {
            var difference = TSum.CreateChecked(element) - center;
            sum += difference * difference;
        }
        return sum;
    }

    /// <summary>Σ a_i·b_i.</summary>
    public static TSum Dot<T, TSum>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        if (a.Length > 1 && IsFloat<T, TSum>()) return Wide<TSum>(Reductions.Dot(Floats(a), Floats(b)));
        var sum = TSum.Zero;
        for (var i = 0; i < a.Length; i++) sum += TSum.CreateChecked(a[i]) * TSum.CreateChecked(b[i]);
        return sum;
    }

    private static bool IsFloat<T, TSum>() => typeof(T) == typeof(float) && typeof(TSum) == typeof(double);

    private static ReadOnlySpan<float> Floats<T>(ReadOnlySpan<T> x) where T : unmanaged => MemoryMarshal.Cast<T, float>(x);

    private static TSum Wide<TSum>(double sum) where TSum : unmanaged => Unsafe.BitCast<double, TSum>(sum);
}
