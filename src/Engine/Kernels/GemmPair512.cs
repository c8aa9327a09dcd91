using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Sums over two neighbouring shards at once: 6 rows by 32 columns, twice, in 24 of AVX-512's 32 registers.</summary>
/// <remarks>The two sums are added where they are, so that half as many of them wait in memory as with a tile a shard; it pays where
/// shards are short.</remarks>
internal static unsafe class GemmPair512
{
    /// <summary>Rows of the block: half of <see cref="GemmTile512"/>'s, whose panels it reads.</summary>
    public const int Rows = 6;

    public const int Columns = 32;

    /// <summary>c = left[−merges + 1] + (… + (left[0] + (chain of the first + chain of the second))), each element in this order.</summary>
    /// <param name="first">Products of the first shard's chain, at least 0; the second's follow in the panels.</param>
    /// <param name="a">[first + second, 12], from the block's first row on.</param>
    /// <param name="b">32 columns of each of first + second rows; quickest on a 64-byte boundary.</param>
    /// <param name="ldb">Elements from one row of <paramref name="b"/> to the next.</param>
    /// <param name="left">The newest of the finished subtrees that wait, [6, 32]; older ones lie before it.</param>
    /// <param name="finite">Null; or 16 numbers, 64-byte aligned, that become NaN where something that is not finite is stored, or 6 rows add up to
    /// that.</param>
    /// <param name="isFar">Whether c is stored past the caches; then its rows begin on 64-byte boundaries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int first, int second, float* a, float* b, nint ldb, float* c, nint ldc, float* left, int merges, float* finite, bool isFar)
    {
        var e = a + ((nint)first * GemmTile512.Rows);
        var f = b + (first * ldb);
        var both = Math.Min(first, second);
        (first, second) = (first - both, second - both);
        var (x0a, x0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (x1a, x1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (x2a, x2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (x3a, x3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (x4a, x4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (x5a, x5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y0a, y0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y1a, y1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y2a, y2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y3a, y3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y4a, y4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (y5a, y5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (; both > 0; both--)
        {
            var xa = Vector512.Load(b);
            var xb = Vector512.Load(b + 16);
            var a0 = Vector512.Create(a[0]);
            x0a = Vector512.FusedMultiplyAdd(a0, xa, x0a);
            x0b = Vector512.FusedMultiplyAdd(a0, xb, x0b);
            var a1 = Vector512.Create(a[1]);
            x1a = Vector512.FusedMultiplyAdd(a1, xa, x1a);
            x1b = Vector512.FusedMultiplyAdd(a1, xb, x1b);
            var a2 = Vector512.Create(a[2]);
            x2a = Vector512.FusedMultiplyAdd(a2, xa, x2a);
            x2b = Vector512.FusedMultiplyAdd(a2, xb, x2b);
            var a3 = Vector512.Create(a[3]);
            x3a = Vector512.FusedMultiplyAdd(a3, xa, x3a);
            x3b = Vector512.FusedMultiplyAdd(a3, xb, x3b);
            var a4 = Vector512.Create(a[4]);
            x4a = Vector512.FusedMultiplyAdd(a4, xa, x4a);
            x4b = Vector512.FusedMultiplyAdd(a4, xb, x4b);
            var a5 = Vector512.Create(a[5]);
            x5a = Vector512.FusedMultiplyAdd(a5, xa, x5a);
            x5b = Vector512.FusedMultiplyAdd(a5, xb, x5b);
            a += GemmTile512.Rows;
            b += ldb;
            var ya = Vector512.Load(f);
            var yb = Vector512.Load(f + 16);
            var e0 = Vector512.Create(e[0]);
            y0a = Vector512.FusedMultiplyAdd(e0, ya, y0a);
            y0b = Vector512.FusedMultiplyAdd(e0, yb, y0b);
            var e1 = Vector512.Create(e[1]);
            y1a = Vector512.FusedMultiplyAdd(e1, ya, y1a);
            y1b = Vector512.FusedMultiplyAdd(e1, yb, y1b);
            var e2 = Vector512.Create(e[2]);
            y2a = Vector512.FusedMultiplyAdd(e2, ya, y2a);
            y2b = Vector512.FusedMultiplyAdd(e2, yb, y2b);
            var e3 = Vector512.Create(e[3]);
            y3a = Vector512.FusedMultiplyAdd(e3, ya, y3a);
            y3b = Vector512.FusedMultiplyAdd(e3, yb, y3b);
            var e4 = Vector512.Create(e[4]);
            y4a = Vector512.FusedMultiplyAdd(e4, ya, y4a);
            y4b = Vector512.FusedMultiplyAdd(e4, yb, y4b);
            var e5 = Vector512.Create(e[5]);
            y5a = Vector512.FusedMultiplyAdd(e5, ya, y5a);
            y5b = Vector512.FusedMultiplyAdd(e5, yb, y5b);
            e += GemmTile512.Rows;
            f += ldb;
        }
        for (; first > 0; first--)
        {
            var xa = Vector512.Load(b);
            var xb = Vector512.Load(b + 16);
            var a0 = Vector512.Create(a[0]);
            x0a = Vector512.FusedMultiplyAdd(a0, xa, x0a);
            x0b = Vector512.FusedMultiplyAdd(a0, xb, x0b);
            var a1 = Vector512.Create(a[1]);
            x1a = Vector512.FusedMultiplyAdd(a1, xa, x1a);
            x1b = Vector512.FusedMultiplyAdd(a1, xb, x1b);
            var a2 = Vector512.Create(a[2]);
            x2a = Vector512.FusedMultiplyAdd(a2, xa, x2a);
            x2b = Vector512.FusedMultiplyAdd(a2, xb, x2b);
            var a3 = Vector512.Create(a[3]);
            x3a = Vector512.FusedMultiplyAdd(a3, xa, x3a);
            x3b = Vector512.FusedMultiplyAdd(a3, xb, x3b);
            var a4 = Vector512.Create(a[4]);
            x4a = Vector512.FusedMultiplyAdd(a4, xa, x4a);
            x4b = Vector512.FusedMultiplyAdd(a4, xb, x4b);
            var a5 = Vector512.Create(a[5]);
            x5a = Vector512.FusedMultiplyAdd(a5, xa, x5a);
            x5b = Vector512.FusedMultiplyAdd(a5, xb, x5b);
            a += GemmTile512.Rows;
            b += ldb;
        }
        for (; second > 0; second--)
        {
            var ya = Vector512.Load(f);
            var yb = Vector512.Load(f + 16);
            var e0 = Vector512.Create(e[0]);
            y0a = Vector512.FusedMultiplyAdd(e0, ya, y0a);
            y0b = Vector512.FusedMultiplyAdd(e0, yb, y0b);
            var e1 = Vector512.Create(e[1]);
            y1a = Vector512.FusedMultiplyAdd(e1, ya, y1a);
            y1b = Vector512.FusedMultiplyAdd(e1, yb, y1b);
            var e2 = Vector512.Create(e[2]);
            y2a = Vector512.FusedMultiplyAdd(e2, ya, y2a);
            y2b = Vector512.FusedMultiplyAdd(e2, yb, y2b);
            var e3 = Vector512.Create(e[3]);
            y3a = Vector512.FusedMultiplyAdd(e3, ya, y3a);
            y3b = Vector512.FusedMultiplyAdd(e3, yb, y3b);
            var e4 = Vector512.Create(e[4]);
            y4a = Vector512.FusedMultiplyAdd(e4, ya, y4a);
            y4b = Vector512.FusedMultiplyAdd(e4, yb, y4b);
            var e5 = Vector512.Create(e[5]);
            y5a = Vector512.FusedMultiplyAdd(e5, ya, y5a);
            y5b = Vector512.FusedMultiplyAdd(e5, yb, y5b);
            e += GemmTile512.Rows;
            f += ldb;
        }
        (x0a, x0b) = (x0a + y0a, x0b + y0b);
        (x1a, x1b) = (x1a + y1a, x1b + y1b);
        (x2a, x2b) = (x2a + y2a, x2b + y2b);
        (x3a, x3b) = (x3a + y3a, x3b + y3b);
        (x4a, x4b) = (x4a + y4a, x4b + y4b);
        (x5a, x5b) = (x5a + y5a, x5b + y5b);
        for (; merges > 0; merges--)
        {
            (x0a, x0b) = (Vector512.LoadAligned(left) + x0a, Vector512.LoadAligned(left + 16) + x0b);
            (x1a, x1b) = (Vector512.LoadAligned(left + 32) + x1a, Vector512.LoadAligned(left + 48) + x1b);
            (x2a, x2b) = (Vector512.LoadAligned(left + 64) + x2a, Vector512.LoadAligned(left + 80) + x2b);
            (x3a, x3b) = (Vector512.LoadAligned(left + 96) + x3a, Vector512.LoadAligned(left + 112) + x3b);
            (x4a, x4b) = (Vector512.LoadAligned(left + 128) + x4a, Vector512.LoadAligned(left + 144) + x4b);
            (x5a, x5b) = (Vector512.LoadAligned(left + 160) + x5a, Vector512.LoadAligned(left + 176) + x5b);
            left -= Rows * Columns;
        }
        if (finite != null)
        {
            var sum = (x0a + x0b) + (x1a + x1b) + ((x2a + x2b) + (x3a + x3b)) + ((x4a + x4b) + (x5a + x5b));
            Vector512.StoreAligned(Vector512.LoadAligned(finite) + (sum - sum), finite); // 0, or NaN, which no sum loses again
        }
        if (isFar)
        {
            x0a.StoreAlignedNonTemporal(c);
            x0b.StoreAlignedNonTemporal(c + 16);
            c += ldc;
            x1a.StoreAlignedNonTemporal(c);
            x1b.StoreAlignedNonTemporal(c + 16);
            c += ldc;
            x2a.StoreAlignedNonTemporal(c);
            x2b.StoreAlignedNonTemporal(c + 16);
            c += ldc;
            x3a.StoreAlignedNonTemporal(c);
            x3b.StoreAlignedNonTemporal(c + 16);
            c += ldc;
            x4a.StoreAlignedNonTemporal(c);
            x4b.StoreAlignedNonTemporal(c + 16);
            c += ldc;
            x5a.StoreAlignedNonTemporal(c);
            x5b.StoreAlignedNonTemporal(c + 16);
            return;
        }
        x0a.Store(c);
        x0b.Store(c + 16);
        c += ldc;
        x1a.Store(c);
        x1b.Store(c + 16);
        c += ldc;
        x2a.Store(c);
        x2b.Store(c + 16);
        c += ldc;
        x3a.Store(c);
        x3b.Store(c + 16);
        c += ldc;
        x4a.Store(c);
        x4b.Store(c + 16);
        c += ldc;
        x5a.Store(c);
        x5b.Store(c + 16);
    }
}
