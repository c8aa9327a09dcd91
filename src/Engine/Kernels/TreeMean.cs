using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>From the tree over virtual shards to the mean over samples.</summary>
/// <remarks>Each element is divided by B, correctly rounded. Where B is a power of two, 1 / B is exact: the product with it is the same number
/// before it is rounded, so the same bits, and takes less time.</remarks>
internal static unsafe class TreeMean
{
    /// <summary>What sums are multiplied with where the divisor is a power of two; else what they are divided by.</summary>
    public static float Factor(int divisor) => int.IsPow2(divisor) ? 1f / divisor : divisor;

    /// <summary>(left + right) / divisor.</summary>
    /// <param name="target">As long as the others; may be <paramref name="left"/>.</param>
    public static void Of(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int divisor, Span<float> target)
    {
        fixed (float* l = left, r = right, t = target)
        {
            var (i, isExact) = (0, int.IsPow2(divisor));
            var factor = Vector512.Create(Factor(divisor));
            for (; i <= target.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Prefetch.Ahead(l + i);
                Prefetch.Ahead(r + i);
                var sum = Vector512.Load(l + i) + Vector512.Load(r + i);
                (isExact ? sum * factor : sum / factor).Store(t + i);
            }
            for (; i < target.Length; i++) t[i] = (l[i] + r[i]) / divisor;
        }
    }

    /// <summary>values / divisor, in place.</summary>
    public static void Divide(Span<float> values, int divisor)
    {
        fixed (float* x = values)
        {
            var (i, isExact) = (0, int.IsPow2(divisor));
            var factor = Vector512.Create(Factor(divisor));
            for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Prefetch.Ahead(x + i);
                var value = Vector512.Load(x + i);
                (isExact ? value * factor : value / factor).Store(x + i);
            }
            for (; i < values.Length; i++) x[i] /= divisor;
        }
    }
}
