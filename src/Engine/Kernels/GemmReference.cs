using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Matrix product by plain loops: the definition that the vector kernels equal to the bit.</summary>
/// <remarks><code>
/// c[i, j] = Tree_s Chain_{p in shard s} a[i, p]·b[p, j]  (+ bias[j])
/// Chain   acc = +0; for p in order: acc = fma(a[i, p], b[p, j], acc)
/// Tree    ((s0 + s1) + (s2 + s3)) + …
/// </code></remarks>
internal static class GemmReference
{
    /// <summary>Operands as in <see cref="Gemm"/>; <paramref name="bias"/> is empty or has n elements.</summary>
    public static void MultiplyTree<T>(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<T> a, ReadOnlySpan<T> b,
        Span<T> c, ReadOnlySpan<int> kOffsets, ReadOnlySpan<T> bias) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rowA, stepA) = transposeA ? (1, m) : (k, 1);
        var (columnB, stepB) = transposeB ? (k, 1) : (1, n);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = Sum(a, i * rowA, stepA, b, j * columnB, stepB, kOffsets);
                c[(i * n) + j] = bias.IsEmpty ? sum : sum + bias[j];
            }
        }
    }

    private static T Sum<T>(ReadOnlySpan<T> a, int firstA, int stepA, ReadOnlySpan<T> b, int firstB, int stepB,
        ReadOnlySpan<int> offsets) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shards = offsets.Length - 1;
        if (shards > 1)
        {
            return Sum(a, firstA, stepA, b, firstB, stepB, offsets[..((shards / 2) + 1)])
                + Sum(a, firstA, stepA, b, firstB, stepB, offsets[(shards / 2)..]);
        }
        var sum = T.Zero;
        for (var p = offsets[0]; p < offsets[1]; p++)
            sum = T.FusedMultiplyAdd(a[firstA + (p * stepA)], b[firstB + (p * stepB)], sum);
        return sum;
    }
}
