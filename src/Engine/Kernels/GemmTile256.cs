using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>6 rows by 16 columns in 12 of AVX2's 16 registers; two more hold a row of B, one an element of A.</summary>
internal readonly unsafe struct GemmTile256 : IGemmTile
{
    public static int Rows => 6;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias)
    {
        var (c0a, c0b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c1a, c1b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c2a, c2b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c3a, c3b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c4a, c4b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (c5a, c5b) = (Vector256<float>.Zero, Vector256<float>.Zero);
        if (accumulate)
        {
            var row = c;
            (c0a, c0b) = (Vector256.Load(row), Vector256.Load(row + 8));
            row += ldc;
            (c1a, c1b) = (Vector256.Load(row), Vector256.Load(row + 8));
            row += ldc;
            (c2a, c2b) = (Vector256.Load(row), Vector256.Load(row + 8));
            row += ldc;
            (c3a, c3b) = (Vector256.Load(row), Vector256.Load(row + 8));
            row += ldc;
            (c4a, c4b) = (Vector256.Load(row), Vector256.Load(row + 8));
            row += ldc;
            (c5a, c5b) = (Vector256.Load(row), Vector256.Load(row + 8));
        }
        for (; k > 0; k--)
        {
            var ba = Vector256.Load(b);
            var bb = Vector256.Load(b + 8);
            var a0 = Vector256.Create(a[0]);
            c0a = Vector256.FusedMultiplyAdd(a0, ba, c0a);
            c0b = Vector256.FusedMultiplyAdd(a0, bb, c0b);
            var a1 = Vector256.Create(a[1]);
            c1a = Vector256.FusedMultiplyAdd(a1, ba, c1a);
            c1b = Vector256.FusedMultiplyAdd(a1, bb, c1b);
            var a2 = Vector256.Create(a[2]);
            c2a = Vector256.FusedMultiplyAdd(a2, ba, c2a);
            c2b = Vector256.FusedMultiplyAdd(a2, bb, c2b);
            var a3 = Vector256.Create(a[3]);
            c3a = Vector256.FusedMultiplyAdd(a3, ba, c3a);
            c3b = Vector256.FusedMultiplyAdd(a3, bb, c3b);
            var a4 = Vector256.Create(a[4]);
            c4a = Vector256.FusedMultiplyAdd(a4, ba, c4a);
            c4b = Vector256.FusedMultiplyAdd(a4, bb, c4b);
            var a5 = Vector256.Create(a[5]);
            c5a = Vector256.FusedMultiplyAdd(a5, ba, c5a);
            c5b = Vector256.FusedMultiplyAdd(a5, bb, c5b);
            a += 6;
            b += ldb;
        }
        for (; merges > 0; merges--)
        {
            (c0a, c0b) = (Vector256.LoadAligned(left) + c0a, Vector256.LoadAligned(left + 8) + c0b);
            (c1a, c1b) = (Vector256.LoadAligned(left + 16) + c1a, Vector256.LoadAligned(left + 24) + c1b);
            (c2a, c2b) = (Vector256.LoadAligned(left + 32) + c2a, Vector256.LoadAligned(left + 40) + c2b);
            (c3a, c3b) = (Vector256.LoadAligned(left + 48) + c3a, Vector256.LoadAligned(left + 56) + c3b);
            (c4a, c4b) = (Vector256.LoadAligned(left + 64) + c4a, Vector256.LoadAligned(left + 72) + c4b);
            (c5a, c5b) = (Vector256.LoadAligned(left + 80) + c5a, Vector256.LoadAligned(left + 88) + c5b);
            left -= Rows * Columns;
        }
        if (bias != null)
        {
            var ba = Vector256.LoadAligned(bias);
            var bb = Vector256.LoadAligned(bias + 8);
            (c0a, c0b) = (c0a + ba, c0b + bb);
            (c1a, c1b) = (c1a + ba, c1b + bb);
            (c2a, c2b) = (c2a + ba, c2b + bb);
            (c3a, c3b) = (c3a + ba, c3b + bb);
            (c4a, c4b) = (c4a + ba, c4b + bb);
            (c5a, c5b) = (c5a + ba, c5b + bb);
        }
        c0a.Store(c);
        c0b.Store(c + 8);
        c += ldc;
        c1a.Store(c);
        c1b.Store(c + 8);
        c += ldc;
        c2a.Store(c);
        c2b.Store(c + 8);
        c += ldc;
        c3a.Store(c);
        c3b.Store(c + 8);
        c += ldc;
        c4a.Store(c);
        c4b.Store(c + 8);
        c += ldc;
        c5a.Store(c);
        c5b.Store(c + 8);
    }
}
