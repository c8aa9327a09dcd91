using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Looks for numbers that are not finite: NaN, ∞ and −∞.</summary>
/// <remarks>A float32 is not finite where all bits of its exponent are ones: its bits without the sign are at least 7F800000. As integers,
/// 0..7FFFFFFF compare alike with and without sign, so the largest of many tells of all of them. No order shows in the answer.</remarks>
public static unsafe class Finite
{
    private const int Magnitude = 0x7FFFFFFF, Infinity = 0x7F800000;

    /// <summary>Whether every element is finite; reads at the speed of memory.</summary>
    public static bool All(ReadOnlySpan<float> x)
    {
        const int Vectors = 2;
        var mask = Vector512.Create(Magnitude);
        var (largest, other) = (Vector512<int>.Zero, Vector512<int>.Zero);
        var i = 0;
        fixed (float* start = x)
        {
            for (; i <= x.Length - (Vectors * Vector512<int>.Count); i += Vectors * Vector512<int>.Count)
            {
                Prefetch.Ahead(start + i);
                Prefetch.Ahead(start + i + Vector512<int>.Count);
                largest = Vector512.Max(largest, Vector512.Load((int*)start + i) & mask);
                other = Vector512.Max(other, Vector512.Load((int*)start + i + Vector512<int>.Count) & mask);
            }
        }
        return !Vector512.GreaterThanOrEqualAny(Vector512.Max(largest, other), Vector512.Create(Infinity)) && FirstNot(x[i..]) < 0;
    }

    /// <summary>Index of the first element that is not finite; −1 where all are.</summary>
    public static int FirstNot(ReadOnlySpan<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            if (!float.IsFinite(x[i])) return i;
        return -1;
    }
}
