using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>C = A·B with ten products per element: the gradient that goes from an output layer of ten classes back to its inputs.</summary>
/// <remarks>All of 32 columns of B stays in 20 of AVX-512's 32 registers while A's rows go by: nothing is packed, and an element of C is written once.
/// The order of operations is that of <see cref="Gemm"/>.</remarks>
internal static unsafe class GemmTenDeep512
{
    private const int Depth = 10, Rows = 2, Columns = 32;

    /// <summary>Elements of a row of C up to which all rows are taken for 32 columns at once. Longer ones lie in so many pages that a processor forgets where
    /// they are before the next columns: then so many rows at once.</summary>
    private const int NearColumns = 512, FarRows = 16;

    /// <summary>Whether <see cref="Multiply"/> is the fastest for these sizes.</summary>
    public static bool Fits(int m, int n, int k) => Vector512.IsHardwareAccelerated && k == Depth && m >= Rows && n >= Columns;

    /// <param name="m">Rows of C; at least 2.</param>
    /// <param name="n">Columns of C; at least 32.</param>
    /// <param name="a">[m, 10].</param>
    /// <param name="b">[10, n].</param>
    /// <param name="c">[m, n], written.</param>
    public static void Multiply(int m, int n, float* a, float* b, float* c)
    {
        var most = n <= NearColumns ? m : FarRows;
        for (; m > 0; m -= most, a += most * Depth, c += (nint)most * n)
        {
            var rows = m - most < Rows ? m : most; // never one row alone
            for (var j = 0; j < n; j += Columns)
            {
                var column = Math.Min(j, n - Columns); // the last columns reach back over some that are done: they come out the same once more
                Strip(rows, n, a, b + column, c + column);
            }
            if (rows == m) return;
        }
    }

    /// <summary>32 columns of C, two rows at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strip(int m, nint n, float* a, float* b, float* c)
    {
        var (b0a, b0b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b1a, b1b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b2a, b2b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b3a, b3b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b4a, b4b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b5a, b5b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b6a, b6b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b7a, b7b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b8a, b8b) = (Vector512.Load(b), Vector512.Load(b + 16));
        b += n;
        var (b9a, b9b) = (Vector512.Load(b), Vector512.Load(b + 16));
        for (var i = 0; i < m; i += Rows)
        {
            nint row = Math.Min(i, m - Rows); // the last row, too, may be computed again
            var x = a + (row * Depth);
            var (ca, cb) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var (da, db) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var (x0, y0) = (Vector512.Create(x[0]), Vector512.Create(x[10]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x0, b0a, ca), Vector512.FusedMultiplyAdd(x0, b0b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y0, b0a, da), Vector512.FusedMultiplyAdd(y0, b0b, db));
            var (x1, y1) = (Vector512.Create(x[1]), Vector512.Create(x[11]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x1, b1a, ca), Vector512.FusedMultiplyAdd(x1, b1b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y1, b1a, da), Vector512.FusedMultiplyAdd(y1, b1b, db));
            var (x2, y2) = (Vector512.Create(x[2]), Vector512.Create(x[12]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x2, b2a, ca), Vector512.FusedMultiplyAdd(x2, b2b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y2, b2a, da), Vector512.FusedMultiplyAdd(y2, b2b, db));
            var (x3, y3) = (Vector512.Create(x[3]), Vector512.Create(x[13]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x3, b3a, ca), Vector512.FusedMultiplyAdd(x3, b3b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y3, b3a, da), Vector512.FusedMultiplyAdd(y3, b3b, db));
            var (x4, y4) = (Vector512.Create(x[4]), Vector512.Create(x[14]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x4, b4a, ca), Vector512.FusedMultiplyAdd(x4, b4b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y4, b4a, da), Vector512.FusedMultiplyAdd(y4, b4b, db));
            var (x5, y5) = (Vector512.Create(x[5]), Vector512.Create(x[15]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x5, b5a, ca), Vector512.FusedMultiplyAdd(x5, b5b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y5, b5a, da), Vector512.FusedMultiplyAdd(y5, b5b, db));
            var (x6, y6) = (Vector512.Create(x[6]), Vector512.Create(x[16]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x6, b6a, ca), Vector512.FusedMultiplyAdd(x6, b6b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y6, b6a, da), Vector512.FusedMultiplyAdd(y6, b6b, db));
            var (x7, y7) = (Vector512.Create(x[7]), Vector512.Create(x[17]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x7, b7a, ca), Vector512.FusedMultiplyAdd(x7, b7b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y7, b7a, da), Vector512.FusedMultiplyAdd(y7, b7b, db));
            var (x8, y8) = (Vector512.Create(x[8]), Vector512.Create(x[18]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x8, b8a, ca), Vector512.FusedMultiplyAdd(x8, b8b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y8, b8a, da), Vector512.FusedMultiplyAdd(y8, b8b, db));
            var (x9, y9) = (Vector512.Create(x[9]), Vector512.Create(x[19]));
            (ca, cb) = (Vector512.FusedMultiplyAdd(x9, b9a, ca), Vector512.FusedMultiplyAdd(x9, b9b, cb));
            (da, db) = (Vector512.FusedMultiplyAdd(y9, b9a, da), Vector512.FusedMultiplyAdd(y9, b9b, db));
            var target = c + (row * n);
            ca.Store(target);
            cb.Store(target + 16);
            target += n;
            da.Store(target);
            db.Store(target + 16);
        }
    }
}
