using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>4 rows by 32 columns: for the last rows of a product, where a higher tile would leave most of its rows empty.</summary>
internal readonly unsafe struct GemmTile512Flat : IGemmTile
{
    public static int Rows => 4;

    public static int Columns => 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias)
    {
        var (c0a, c0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c1a, c1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c2a, c2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c3a, c3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        if (accumulate)
        {
            var row = c;
            (c0a, c0b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c1a, c1b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c2a, c2b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c3a, c3b) = (Vector512.Load(row), Vector512.Load(row + 16));
        }
        for (; k > 0; k--)
        {
            var ba = Vector512.Load(b);
            var bb = Vector512.Load(b + 16);
            var a0 = Vector512.Create(a[0]);
            c0a = Vector512.FusedMultiplyAdd(a0, ba, c0a);
            c0b = Vector512.FusedMultiplyAdd(a0, bb, c0b);
            var a1 = Vector512.Create(a[1]);
            c1a = Vector512.FusedMultiplyAdd(a1, ba, c1a);
            c1b = Vector512.FusedMultiplyAdd(a1, bb, c1b);
            var a2 = Vector512.Create(a[2]);
            c2a = Vector512.FusedMultiplyAdd(a2, ba, c2a);
            c2b = Vector512.FusedMultiplyAdd(a2, bb, c2b);
            var a3 = Vector512.Create(a[3]);
            c3a = Vector512.FusedMultiplyAdd(a3, ba, c3a);
            c3b = Vector512.FusedMultiplyAdd(a3, bb, c3b);
            a += 4;
            b += ldb;
        }
        for (; merges > 0; merges--)
        {
            (c0a, c0b) = (Vector512.LoadAligned(left) + c0a, Vector512.LoadAligned(left + 16) + c0b);
            (c1a, c1b) = (Vector512.LoadAligned(left + 32) + c1a, Vector512.LoadAligned(left + 48) + c1b);
            (c2a, c2b) = (Vector512.LoadAligned(left + 64) + c2a, Vector512.LoadAligned(left + 80) + c2b);
            (c3a, c3b) = (Vector512.LoadAligned(left + 96) + c3a, Vector512.LoadAligned(left + 112) + c3b);
            left -= Rows * Columns;
        }
        if (bias != null)
        {
            var ba = Vector512.LoadAligned(bias);
            var bb = Vector512.LoadAligned(bias + 16);
            (c0a, c0b) = (c0a + ba, c0b + bb);
            (c1a, c1b) = (c1a + ba, c1b + bb);
            (c2a, c2b) = (c2a + ba, c2b + bb);
            (c3a, c3b) = (c3a + ba, c3b + bb);
        }
        c0a.Store(c);
        c0b.Store(c + 16);
        c += ldc;
        c1a.Store(c);
        c1b.Store(c + 16);
        c += ldc;
        c2a.Store(c);
        c2b.Store(c + 16);
        c += ldc;
        c3a.Store(c);
        c3b.Store(c + 16);
    }
}
