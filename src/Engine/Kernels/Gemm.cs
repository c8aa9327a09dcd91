using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Matrix product C = op(A)·op(B) with one defined order of operations per element.</summary>
/// <remarks>
/// Operands are contiguous and row-major: op(A) is [m, k], stored so or, transposed, [k, m]; op(B) is [k, n], stored so or,
/// transposed, [n, k]; C is [m, n] and is written, not added to; it may not overlap an operand. Each element is
/// <code>
/// acc = +0; for p in order: acc = fma(op(A)[i, p], op(B)[p, j], acc)
/// </code>
/// over all of k (<see cref="Multiply"/>), or over each shard of k, with the shards' sums added pairwise in the fixed binary tree,
/// left + right (<see cref="MultiplyTree"/>). A bias is added once, after that. The same bits at every vector width and tile size.
/// No memory is allocated once a thread's scratch has grown to the largest product it has met.
/// </remarks>
public static class Gemm
{
    /// <param name="m">Rows of C; at least 1.</param>
    /// <param name="n">Columns of C; at least 1.</param>
    /// <param name="k">Products per element; at least 0 (then C is the bias, or +0).</param>
    /// <param name="bias">[n], added to every row; or empty for none.</param>
    public static void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c,
        ReadOnlySpan<T> bias = default) where T : unmanaged, IFloatingPointIeee754<T> =>
        MultiplyTree(transposeA, transposeB, m, n, k, a, b, c, [0, k], bias);

    /// <param name="kOffsets">Shard s holds p in [kOffsets[s], kOffsets[s + 1]); a power of two of shards that cover 0 to k.
    /// A shard may be empty: its sum is +0.</param>
    /// <param name="rowsDone">Told from time to time that rows of C are final, so that they can be used meanwhile; perhaps never.
    /// It must not multiply matrices itself: the thread's scratch is in use.</param>
    /// <inheritdoc cref="Multiply"/>
    public static void MultiplyTree<T>(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<T> a, ReadOnlySpan<T> b,
        Span<T> c, ReadOnlySpan<int> kOffsets, ReadOnlySpan<T> bias = default, RowsDone? rowsDone = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(m, n, k, a.Length, b.Length, c.Length, bias.Length);
        ShardOffsets.Check("Gemm", kOffsets, k);
        if (typeof(T) == typeof(float))
        {
            MultiplyFloat(transposeA, transposeB, m, n, k, MemoryMarshal.Cast<T, float>(a), MemoryMarshal.Cast<T, float>(b),
                MemoryMarshal.Cast<T, float>(c), kOffsets, MemoryMarshal.Cast<T, float>(bias), rowsDone);
        }
        else
        {
            GemmReference.MultiplyTree(transposeA, transposeB, m, n, k, a, b, c, kOffsets, bias);
        }
    }

    /// <summary>y = Relu(x·Wᵀ + β), with the bits of the product and <see cref="Elementwise.Relu"/>.</summary>
    /// <param name="x">[samples, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="y">[samples, outputs], written.</param>
    /// <param name="bias">[outputs].</param>
    internal static unsafe void MultiplyRelu(int samples, int outputs, int inputs, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y,
        ReadOnlySpan<float> bias)
    {
        Check(samples, outputs, inputs, x.Length, weight.Length, y.Length, bias.Length);
        if (GemmRows512.Fits(outputs, inputs))
        {
            fixed (float* px = x, pw = weight, py = y, pb = bias) GemmRows512.Multiply(samples, outputs, inputs, px, pw, py, pb, rectifies: true);
            return;
        }
        Multiply(false, true, samples, outputs, inputs, x, weight, y, bias);
        Elementwise.Relu(y, y);
    }

    private static unsafe void MultiplyFloat(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<float> a,
        ReadOnlySpan<float> b, Span<float> c, ReadOnlySpan<int> kOffsets, ReadOnlySpan<float> bias, RowsDone? rowsDone)
    {
        fixed (float* pa = a, pb = b, pc = c, pbias = bias)
        {
            var isPlain = !transposeA && kOffsets.Length == 2;
            if (transposeA && !transposeB && bias.IsEmpty && GemmTenRows512.Fits(m, n)) GemmTenRows512.MultiplyTree(n, pa, pb, pc, kOffsets, rowsDone);
            else if (isPlain && !transposeB && bias.IsEmpty && GemmTenDeep512.Fits(m, n, k)) GemmTenDeep512.Multiply(m, n, pa, pb, pc);
            else if (isPlain && transposeB && GemmTenColumns512.Fits(m, n, k)) GemmTenColumns512.Multiply(m, k, pa, pb, pc, pbias);
            else if (isPlain && transposeB && GemmRows512.Fits(n, k)) GemmRows512.Multiply(m, n, k, pa, pb, pc, pbias);
            else if (isPlain && !transposeB && bias.IsEmpty && GemmAhead512.Fits(m, n, k)) GemmAhead512.Multiply(m, n, k, pa, pb, pc);
            else if (Vector512.IsHardwareAccelerated && n <= GemmTile512Narrow.Columns)
                GemmBlocked<GemmTile512Narrow, GemmTile512Narrow, GemmTile512Narrow>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, kOffsets, pbias, rowsDone);
            else if (Vector512.IsHardwareAccelerated)
                GemmBlocked<GemmTile512, GemmTile512Low, GemmTile512Flat>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, kOffsets, pbias, rowsDone);
            else
                GemmBlocked<GemmTile256, GemmTile256, GemmTile256>.MultiplyTree(transposeA, transposeB, m, n, k, pa, pb, pc, kOffsets, pbias, rowsDone);
        }
    }

    private static void Check(int m, int n, int k, int a, int b, int c, int bias)
    {
        if (m < 1 || n < 1 || k < 0)
            throw new ArgumentException($"Gemm: m and n of at least 1 and k of at least 0 are wanted, got m = {m}, n = {n}, k = {k}");
        if (a != (long)m * k) throw new ArgumentException($"Gemm: A of m = {m} times k = {k} elements is wanted, got {a}");
        if (b != (long)k * n) throw new ArgumentException($"Gemm: B of k = {k} times n = {n} elements is wanted, got {b}");
        if (c != (long)m * n) throw new ArgumentException($"Gemm: C of m = {m} times n = {n} elements is wanted, got {c}");
        if (bias != 0 && bias != n) throw new ArgumentException($"Gemm: a bias of n = {n} elements or none is wanted, got {bias}");
    }
}
