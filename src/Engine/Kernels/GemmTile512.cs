using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>12 rows by 32 columns in 24 of AVX-512's 32 registers; two more hold a row of B, one an element of A.</summary>
internal readonly unsafe struct GemmTile512 : IGemmTile
{
    public static int Rows => 12;

    public static int Columns => 32;

    public static void Run(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias)
    {
        var alone = default(Alone);
        Run(k, a, b, ldb, c, ldc, accumulate, left, merges, bias, ref alone);
    }

    /// <param name="beside">What else is done meanwhile.</param>
    /// <inheritdoc cref="Run(int, float*, float*, nint, float*, nint, bool, float*, int, float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TBeside>(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias,
        ref TBeside beside) where TBeside : struct, IBeside
    {
        var (c0a, c0b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c1a, c1b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c2a, c2b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c3a, c3b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c4a, c4b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c5a, c5b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c6a, c6b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c7a, c7b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c8a, c8b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c9a, c9b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c10a, c10b) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c11a, c11b) = (Vector512<float>.Zero, Vector512<float>.Zero);
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
            row += ldc;
            (c4a, c4b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c5a, c5b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c6a, c6b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c7a, c7b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c8a, c8b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c9a, c9b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c10a, c10b) = (Vector512.Load(row), Vector512.Load(row + 16));
            row += ldc;
            (c11a, c11b) = (Vector512.Load(row), Vector512.Load(row + 16));
        }
        while (k > 0)
        {
            var stretch = beside.Next(k);
            k -= stretch;
            for (; stretch > 0; stretch--)
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
                var a4 = Vector512.Create(a[4]);
                c4a = Vector512.FusedMultiplyAdd(a4, ba, c4a);
                c4b = Vector512.FusedMultiplyAdd(a4, bb, c4b);
                var a5 = Vector512.Create(a[5]);
                c5a = Vector512.FusedMultiplyAdd(a5, ba, c5a);
                c5b = Vector512.FusedMultiplyAdd(a5, bb, c5b);
                var a6 = Vector512.Create(a[6]);
                c6a = Vector512.FusedMultiplyAdd(a6, ba, c6a);
                c6b = Vector512.FusedMultiplyAdd(a6, bb, c6b);
                var a7 = Vector512.Create(a[7]);
                c7a = Vector512.FusedMultiplyAdd(a7, ba, c7a);
                c7b = Vector512.FusedMultiplyAdd(a7, bb, c7b);
                var a8 = Vector512.Create(a[8]);
                c8a = Vector512.FusedMultiplyAdd(a8, ba, c8a);
                c8b = Vector512.FusedMultiplyAdd(a8, bb, c8b);
                var a9 = Vector512.Create(a[9]);
                c9a = Vector512.FusedMultiplyAdd(a9, ba, c9a);
                c9b = Vector512.FusedMultiplyAdd(a9, bb, c9b);
                var a10 = Vector512.Create(a[10]);
                c10a = Vector512.FusedMultiplyAdd(a10, ba, c10a);
                c10b = Vector512.FusedMultiplyAdd(a10, bb, c10b);
                var a11 = Vector512.Create(a[11]);
                c11a = Vector512.FusedMultiplyAdd(a11, ba, c11a);
                c11b = Vector512.FusedMultiplyAdd(a11, bb, c11b);
                a += 12;
                b += ldb;
            }
        }
        for (; merges > 0; merges--)
        {
            (c0a, c0b) = (Vector512.LoadAligned(left) + c0a, Vector512.LoadAligned(left + 16) + c0b);
            (c1a, c1b) = (Vector512.LoadAligned(left + 32) + c1a, Vector512.LoadAligned(left + 48) + c1b);
            (c2a, c2b) = (Vector512.LoadAligned(left + 64) + c2a, Vector512.LoadAligned(left + 80) + c2b);
            (c3a, c3b) = (Vector512.LoadAligned(left + 96) + c3a, Vector512.LoadAligned(left + 112) + c3b);
            (c4a, c4b) = (Vector512.LoadAligned(left + 128) + c4a, Vector512.LoadAligned(left + 144) + c4b);
            (c5a, c5b) = (Vector512.LoadAligned(left + 160) + c5a, Vector512.LoadAligned(left + 176) + c5b);
            (c6a, c6b) = (Vector512.LoadAligned(left + 192) + c6a, Vector512.LoadAligned(left + 208) + c6b);
            (c7a, c7b) = (Vector512.LoadAligned(left + 224) + c7a, Vector512.LoadAligned(left + 240) + c7b);
            (c8a, c8b) = (Vector512.LoadAligned(left + 256) + c8a, Vector512.LoadAligned(left + 272) + c8b);
            (c9a, c9b) = (Vector512.LoadAligned(left + 288) + c9a, Vector512.LoadAligned(left + 304) + c9b);
            (c10a, c10b) = (Vector512.LoadAligned(left + 320) + c10a, Vector512.LoadAligned(left + 336) + c10b);
            (c11a, c11b) = (Vector512.LoadAligned(left + 352) + c11a, Vector512.LoadAligned(left + 368) + c11b);
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
            (c4a, c4b) = (c4a + ba, c4b + bb);
            (c5a, c5b) = (c5a + ba, c5b + bb);
            (c6a, c6b) = (c6a + ba, c6b + bb);
            (c7a, c7b) = (c7a + ba, c7b + bb);
            (c8a, c8b) = (c8a + ba, c8b + bb);
            (c9a, c9b) = (c9a + ba, c9b + bb);
            (c10a, c10b) = (c10a + ba, c10b + bb);
            (c11a, c11b) = (c11a + ba, c11b + bb);
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
        c += ldc;
        c4a.Store(c);
        c4b.Store(c + 16);
        c += ldc;
        c5a.Store(c);
        c5b.Store(c + 16);
        c += ldc;
        c6a.Store(c);
        c6b.Store(c + 16);
        c += ldc;
        c7a.Store(c);
        c7b.Store(c + 16);
        c += ldc;
        c8a.Store(c);
        c8b.Store(c + 16);
        c += ldc;
        c9a.Store(c);
        c9b.Store(c + 16);
        c += ldc;
        c10a.Store(c);
        c10b.Store(c + 16);
        c += ldc;
        c11a.Store(c);
        c11b.Store(c + 16);
    }
}
