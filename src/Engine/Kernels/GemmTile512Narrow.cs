using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>12 rows by 16 columns: for products of few columns, such as the ten classes of an output layer.</summary>
internal readonly unsafe struct GemmTile512Narrow : IGemmTile
{
    public static int Rows => 12;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int k, float* a, float* b, nint ldb, float* c, nint ldc, bool accumulate, float* left, int merges, float* bias)
    {
        var c0 = Vector512<float>.Zero;
        var c1 = Vector512<float>.Zero;
        var c2 = Vector512<float>.Zero;
        var c3 = Vector512<float>.Zero;
        var c4 = Vector512<float>.Zero;
        var c5 = Vector512<float>.Zero;
        var c6 = Vector512<float>.Zero;
        var c7 = Vector512<float>.Zero;
        var c8 = Vector512<float>.Zero;
        var c9 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c11 = Vector512<float>.Zero;
        if (accumulate)
        {
            var row = c;
            c0 = Vector512.Load(row);
            row += ldc;
            c1 = Vector512.Load(row);
            row += ldc;
            c2 = Vector512.Load(row);
            row += ldc;
            c3 = Vector512.Load(row);
            row += ldc;
            c4 = Vector512.Load(row);
            row += ldc;
            c5 = Vector512.Load(row);
            row += ldc;
            c6 = Vector512.Load(row);
            row += ldc;
            c7 = Vector512.Load(row);
            row += ldc;
            c8 = Vector512.Load(row);
            row += ldc;
            c9 = Vector512.Load(row);
            row += ldc;
            c10 = Vector512.Load(row);
            row += ldc;
            c11 = Vector512.Load(row);
        }
        for (; k > 0; k--)
        {
            var bv = Vector512.Load(b);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), bv, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[1]), bv, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2]), bv, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3]), bv, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4]), bv, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5]), bv, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6]), bv, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7]), bv, c7);
            c8 = Vector512.FusedMultiplyAdd(Vector512.Create(a[8]), bv, c8);
            c9 = Vector512.FusedMultiplyAdd(Vector512.Create(a[9]), bv, c9);
            c10 = Vector512.FusedMultiplyAdd(Vector512.Create(a[10]), bv, c10);
            c11 = Vector512.FusedMultiplyAdd(Vector512.Create(a[11]), bv, c11);
            a += 12;
            b += ldb;
        }
        for (; merges > 0; merges--)
        {
            c0 = Vector512.LoadAligned(left) + c0;
            c1 = Vector512.LoadAligned(left + 16) + c1;
            c2 = Vector512.LoadAligned(left + 32) + c2;
            c3 = Vector512.LoadAligned(left + 48) + c3;
            c4 = Vector512.LoadAligned(left + 64) + c4;
            c5 = Vector512.LoadAligned(left + 80) + c5;
            c6 = Vector512.LoadAligned(left + 96) + c6;
            c7 = Vector512.LoadAligned(left + 112) + c7;
            c8 = Vector512.LoadAligned(left + 128) + c8;
            c9 = Vector512.LoadAligned(left + 144) + c9;
            c10 = Vector512.LoadAligned(left + 160) + c10;
            c11 = Vector512.LoadAligned(left + 176) + c11;
            left -= Rows * Columns;
        }
        if (bias != null)
        {
            var bv = Vector512.LoadAligned(bias);
            c0 = c0 + bv;
            c1 = c1 + bv;
            c2 = c2 + bv;
            c3 = c3 + bv;
            c4 = c4 + bv;
            c5 = c5 + bv;
            c6 = c6 + bv;
            c7 = c7 + bv;
            c8 = c8 + bv;
            c9 = c9 + bv;
            c10 = c10 + bv;
            c11 = c11 + bv;
        }
        c0.Store(c);
        c += ldc;
        c1.Store(c);
        c += ldc;
        c2.Store(c);
        c += ldc;
        c3.Store(c);
        c += ldc;
        c4.Store(c);
        c += ldc;
        c5.Store(c);
        c += ldc;
        c6.Store(c);
        c += ldc;
        c7.Store(c);
        c += ldc;
        c8.Store(c);
        c += ldc;
        c9.Store(c);
        c += ldc;
        c10.Store(c);
        c += ldc;
        c11.Store(c);
    }
}
