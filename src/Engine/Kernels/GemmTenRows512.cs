using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>C = Aᵀ·B of ten rows, over shards of k: the weight gradient of an output layer of ten classes.</summary>
/// <remarks><code>
/// for 16 columns of C
///   for pairs of shards: two sums in 20 of AVX-512's 32 registers, added where they are
/// </code>
/// Ten elements of A lie side by side as in a panel of a tile of ten rows, and of B each element is read once: so nothing is packed, and no row of a
/// tile is empty. Finished subtrees wait on a small stack in L1. The order of operations is that of <see cref="Gemm"/>.</remarks>
internal static unsafe class GemmTenRows512
{
    private const int Rows = 10, Columns = 16, Elements = Rows * Columns;

    /// <summary>In place of the products of a second shard where there is only one.</summary>
    private const int None = -1;

    /// <summary>Whether <see cref="MultiplyTree"/> is the fastest for these sizes.</summary>
    public static bool Fits(int m, int n) => Vector512.IsHardwareAccelerated && m == Rows && n >= Columns;

    /// <param name="n">Columns of C; at least 16.</param>
    /// <param name="a">[k, 10].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">[10, n], written.</param>
    /// <param name="kOffsets">As in <see cref="Gemm"/>.</param>
    /// <param name="rowsDone">Told of all rows at the end.</param>
    public static void MultiplyTree(int n, float* a, float* b, float* c, ReadOnlySpan<int> kOffsets, RowsDone? rowsDone = null)
    {
        var shards = kOffsets.Length - 1;
        var stack = GemmScratch.Mine.Get((BitOperations.Log2((uint)shards) + 1L) * Elements);
        for (var j = 0; j < n; j += Columns)
        {
            var column = Math.Min(j, n - Columns); // the last columns reach back over some that are done: they come out the same once more
            Strip(n, a, b + column, c + column, kOffsets, stack);
        }
        rowsDone?.Invoke(0, false);
    }

    /// <summary>16 columns of C; the last pair's sum completes the root, which goes there.</summary>
    private static void Strip(nint n, float* a, float* b, float* c, ReadOnlySpan<int> offsets, float* stack)
    {
        if (offsets.Length == 2)
        {
            Run(offsets[1], None, a, b, n, c, n, stack, 0);
            return;
        }
        var pairs = (offsets.Length - 1) / 2;
        var top = stack - Elements; // the newest waiting subtree; below the stack when none waits
        for (var pair = 0; pair < pairs; pair++)
        {
            var merges = ShardOffsets.Merges(pair);
            var slot = top + ((1 - merges) * Elements);
            var (begin, middle, end) = ((nint)offsets[2 * pair], offsets[(2 * pair) + 1], offsets[(2 * pair) + 2]);
            var isLast = pair == pairs - 1;
            Run(middle - (int)begin, end - middle, a + (begin * Rows), b + (begin * n), n, isLast ? c : slot, isLast ? n : Columns, top, merges);
            top = slot;
        }
    }

    /// <summary>c = left[−merges + 1] + (… + (left[0] + (chain of the first + chain of the second))), each element in this order.</summary>
    /// <param name="first">Products of the first shard's chain, at least 0; the second's follow in A and B.</param>
    /// <param name="second">Products of the second's, or <see cref="None"/>: then its sum is not added.</param>
    /// <param name="a">[first + second, 10].</param>
    /// <param name="b">16 columns of each of first + second rows.</param>
    /// <param name="left">The newest of the finished subtrees that wait, [10, 16], 64-byte aligned; older ones lie before it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(int first, int second, float* a, float* b, nint ldb, float* c, nint ldc, float* left, int merges)
    {
        var x0 = Vector512<float>.Zero;
        var x1 = Vector512<float>.Zero;
        var x2 = Vector512<float>.Zero;
        var x3 = Vector512<float>.Zero;
        var x4 = Vector512<float>.Zero;
        var x5 = Vector512<float>.Zero;
        var x6 = Vector512<float>.Zero;
        var x7 = Vector512<float>.Zero;
        var x8 = Vector512<float>.Zero;
        var x9 = Vector512<float>.Zero;
        for (; first > 0; first--)
        {
            var row = Vector512.Load(b);
            x0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), row, x0);
            x1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[1]), row, x1);
            x2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2]), row, x2);
            x3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3]), row, x3);
            x4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4]), row, x4);
            x5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5]), row, x5);
            x6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6]), row, x6);
            x7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7]), row, x7);
            x8 = Vector512.FusedMultiplyAdd(Vector512.Create(a[8]), row, x8);
            x9 = Vector512.FusedMultiplyAdd(Vector512.Create(a[9]), row, x9);
            a += Rows;
            b += ldb;
        }
        if (second != None)
        {
            var y0 = Vector512<float>.Zero;
            var y1 = Vector512<float>.Zero;
            var y2 = Vector512<float>.Zero;
            var y3 = Vector512<float>.Zero;
            var y4 = Vector512<float>.Zero;
            var y5 = Vector512<float>.Zero;
            var y6 = Vector512<float>.Zero;
            var y7 = Vector512<float>.Zero;
            var y8 = Vector512<float>.Zero;
            var y9 = Vector512<float>.Zero;
            for (; second > 0; second--)
            {
                var row = Vector512.Load(b);
                y0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), row, y0);
                y1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[1]), row, y1);
                y2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2]), row, y2);
                y3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3]), row, y3);
                y4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4]), row, y4);
                y5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5]), row, y5);
                y6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6]), row, y6);
                y7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7]), row, y7);
                y8 = Vector512.FusedMultiplyAdd(Vector512.Create(a[8]), row, y8);
                y9 = Vector512.FusedMultiplyAdd(Vector512.Create(a[9]), row, y9);
                a += Rows;
                b += ldb;
            }
            x0 += y0;
            x1 += y1;
            x2 += y2;
            x3 += y3;
            x4 += y4;
            x5 += y5;
            x6 += y6;
            x7 += y7;
            x8 += y8;
            x9 += y9;
        }
        for (; merges > 0; merges--)
        {
            x0 = Vector512.LoadAligned(left) + x0;
            x1 = Vector512.LoadAligned(left + 16) + x1;
            x2 = Vector512.LoadAligned(left + 32) + x2;
            x3 = Vector512.LoadAligned(left + 48) + x3;
            x4 = Vector512.LoadAligned(left + 64) + x4;
            x5 = Vector512.LoadAligned(left + 80) + x5;
            x6 = Vector512.LoadAligned(left + 96) + x6;
            x7 = Vector512.LoadAligned(left + 112) + x7;
            x8 = Vector512.LoadAligned(left + 128) + x8;
            x9 = Vector512.LoadAligned(left + 144) + x9;
            left -= Elements;
        }
        x0.Store(c);
        c += ldc;
        x1.Store(c);
        c += ldc;
        x2.Store(c);
        c += ldc;
        x3.Store(c);
        c += ldc;
        x4.Store(c);
        c += ldc;
        x5.Store(c);
        c += ldc;
        x6.Store(c);
        c += ldc;
        x7.Store(c);
        c += ldc;
        x8.Store(c);
        c += ldc;
        x9.Store(c);
    }
}
