using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Engine.Kernels;

/// <summary>y = x·Wᵀ + β, with rows of W read where they lie.</summary>
/// <remarks><code>
/// blocks of samples                   over all inputs; packed in panels of 32 that fit L2
///   for 12 rows of W                  the next 12 are asked for meanwhile
///     for panels of x: a tile of y    made as its transpose, W·xᵀ, and turned round when it is done
/// </code>
/// An element of y is written once. Nothing of W is copied, except rows that fall on the same places of the nearest cache. The order of operations is
/// that of <see cref="Gemm"/>.
/// </remarks>
internal static unsafe class GemmRows512
{
    private const int Rows = 12, Columns = 32;

    /// <summary>Elements of a cache line.</summary>
    private const int Line = 16;

    /// <summary>Elements of a block of B at most: 1.25 MiB.</summary>
    private const int BlockElements = 320 * 1024;

    /// <summary>Products per element at least; with fewer of them turning the tiles round costs more.</summary>
    private const int MinDepth = 64;

    /// <summary>Elements of a page: rows that many apart fall on the same few places of the nearest cache, which has 8 ways in many processors.</summary>
    private const int Page = 1024;

    /// <summary>Whether <see cref="Multiply"/> is the fastest for these sizes.</summary>
    public static bool Fits(int outputs, int inputs) => Vector512.IsHardwareAccelerated && outputs >= Rows && inputs is >= MinDepth and <= BlockElements / Columns;

    /// <summary>y = x·Wᵀ + β.</summary>
    /// <param name="x">[samples, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="y">[samples, outputs], written.</param>
    /// <param name="bias">[outputs]; or null.</param>
    /// <param name="rectifies">Whether <see cref="Elementwise.Relu"/> is applied to y.</param>
    public static void Multiply(int samples, int outputs, int inputs, float* x, float* weight, float* y, float* bias, bool rectifies = false)
    {
        var size = BlockOf(samples, inputs);
        var isCopied = inputs % Page == 0; // 12 lines in 8 ways: each product would wait for the next cache
        var ld = isCopied ? inputs + Line : inputs;
        var panels = GemmScratch.Mine.Get(((long)size * inputs) + (Rows * Columns) + (isCopied ? Rows * ld : 0));
        var tile = panels + ((long)size * inputs);
        var copy = tile + (Rows * Columns);
        for (var first = 0; first < samples; first += size, x += (nint)size * inputs, y += (nint)size * outputs)
        {
            var count = Math.Min(size, samples - first);
            GemmPacking.Pack(x, inputs, 1, count, inputs, Columns, panels);
            for (var i = 0; i < outputs; i += Rows)
            {
                var (row, next) = (Row(i, outputs), Row(i + Rows, outputs));
                var rows = weight + ((nint)row * inputs);
                if (isCopied)
                {
                    CopyRows(rows, inputs, copy, ld);
                    rows = copy;
                }
                for (var j = 0; j < count; j += Columns)
                {
                    Tile(inputs, rows, ld, panels + ((nint)j * inputs), tile, Columns, bias == null ? null : bias + row,
                        weight + ((nint)next * inputs) + Share(j, count, inputs), Every(count));
                    if (rectifies) Elementwise.Relu<float>(new ReadOnlySpan<float>(tile, Rows * Columns), new Span<float>(tile, Rows * Columns));
                    TurnRound(tile, Math.Min(Columns, count - j), y + ((nint)j * outputs) + row, outputs);
                }
            }
        }
    }

    /// <summary>Copies 12 rows, so that they lie otherwise far apart.</summary>
    private static void CopyRows(float* rows, int k, float* copy, nint ld)
    {
        for (var row = 0; row < Rows; row++, rows += k, copy += ld) new ReadOnlySpan<float>(rows, k).CopyTo(new Span<float>(copy, k));
    }

    /// <summary>Columns of a block: equal ones, whole panels.</summary>
    private static int BlockOf(int columns, int k)
    {
        var (panels, most) = (PanelsOf(columns), BlockElements / (Columns * k));
        var blocks = (panels + most - 1) / most;
        return (panels + blocks - 1) / blocks * Columns;
    }

    private static int PanelsOf(int columns) => (columns + Columns - 1) / Columns;

    /// <summary>The last rows reach back over some that are done: they come out the same once more.</summary>
    private static int Row(int i, int rows) => Math.Min(i, rows - Rows);

    /// <summary>Where in the next rows what one tile asks for begins: each asks for its share.</summary>
    private static nint Share(int j, int columns, int k) => (nint)j * k / (PanelsOf(columns) * Columns);

    /// <summary>After how many products of a tile the next line is asked for.</summary>
    private static nint Every(int columns) => PanelsOf(columns) * Line;

    /// <summary>Writes a tile [12, 32] as [samples, 12].</summary>
    private static void TurnRound(float* tile, int samples, float* y, nint outputs)
    {
        var sample = 0;
        for (; sample <= samples - 4; sample += 4, tile += 4, y += 4 * outputs)
        {
            for (var row = 0; row < Rows; row += 4) GemmPacking.Transpose4(tile + (row * Columns), Columns, y + row, outputs);
        }
        for (; sample < samples; sample++, tile++, y += outputs)
        {
            for (var row = 0; row < Rows; row++) y[row] = tile[row * Columns];
        }
    }

    /// <summary>Asks for a line of each of twelve rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(float* row, nint ld)
    {
        if (!Sse.IsSupported) return;
        for (var i = 0; i < Rows; i++, row += ld) Sse.Prefetch1(row);
    }

    /// <summary>12 rows by 32 columns, over all of k.</summary>
    /// <param name="a">[12, k].</param>
    /// <param name="ld">Elements from a row of <paramref name="a"/> to the next.</param>
    /// <param name="b">[k, 32].</param>
    /// <param name="bias">One for each row; or null.</param>
    /// <param name="next">In the first of the rows that are asked for, which lie k elements apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(nint k, float* a, nint ld, float* b, float* c, nint ldc, float* bias, float* next, nint every)
    {
        var (ldNext, ld2) = (k, 2 * ld);
        var a3 = a + (3 * ld);
        var a6 = a + (6 * ld);
        var a9 = a + (9 * ld);
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
        while (k > 0)
        {
            var stretch = Math.Min(k, every);
            k -= stretch;
            Ask(next, ldNext);
            next += Line;
            for (; stretch > 0; stretch--)
            {
                var ba = Vector512.LoadAligned(b);
                var bb = Vector512.LoadAligned(b + 16);
                var w0 = Vector512.Create(*a);
                c0a = Vector512.FusedMultiplyAdd(w0, ba, c0a);
                c0b = Vector512.FusedMultiplyAdd(w0, bb, c0b);
                var w1 = Vector512.Create(a[ld]);
                c1a = Vector512.FusedMultiplyAdd(w1, ba, c1a);
                c1b = Vector512.FusedMultiplyAdd(w1, bb, c1b);
                var w2 = Vector512.Create(a[ld2]);
                c2a = Vector512.FusedMultiplyAdd(w2, ba, c2a);
                c2b = Vector512.FusedMultiplyAdd(w2, bb, c2b);
                var w3 = Vector512.Create(*a3);
                c3a = Vector512.FusedMultiplyAdd(w3, ba, c3a);
                c3b = Vector512.FusedMultiplyAdd(w3, bb, c3b);
                var w4 = Vector512.Create(a3[ld]);
                c4a = Vector512.FusedMultiplyAdd(w4, ba, c4a);
                c4b = Vector512.FusedMultiplyAdd(w4, bb, c4b);
                var w5 = Vector512.Create(a3[ld2]);
                c5a = Vector512.FusedMultiplyAdd(w5, ba, c5a);
                c5b = Vector512.FusedMultiplyAdd(w5, bb, c5b);
                var w6 = Vector512.Create(*a6);
                c6a = Vector512.FusedMultiplyAdd(w6, ba, c6a);
                c6b = Vector512.FusedMultiplyAdd(w6, bb, c6b);
                var w7 = Vector512.Create(a6[ld]);
                c7a = Vector512.FusedMultiplyAdd(w7, ba, c7a);
                c7b = Vector512.FusedMultiplyAdd(w7, bb, c7b);
                var w8 = Vector512.Create(a6[ld2]);
                c8a = Vector512.FusedMultiplyAdd(w8, ba, c8a);
                c8b = Vector512.FusedMultiplyAdd(w8, bb, c8b);
                var w9 = Vector512.Create(*a9);
                c9a = Vector512.FusedMultiplyAdd(w9, ba, c9a);
                c9b = Vector512.FusedMultiplyAdd(w9, bb, c9b);
                var w10 = Vector512.Create(a9[ld]);
                c10a = Vector512.FusedMultiplyAdd(w10, ba, c10a);
                c10b = Vector512.FusedMultiplyAdd(w10, bb, c10b);
                var w11 = Vector512.Create(a9[ld2]);
                c11a = Vector512.FusedMultiplyAdd(w11, ba, c11a);
                c11b = Vector512.FusedMultiplyAdd(w11, bb, c11b);
                a++;
                a3++;
                a6++;
                a9++;
                b += Columns;
            }
        }
        if (bias != null)
        {
            (c0a, c0b) = (c0a + Vector512.Create(bias[0]), c0b + Vector512.Create(bias[0]));
            (c1a, c1b) = (c1a + Vector512.Create(bias[1]), c1b + Vector512.Create(bias[1]));
            (c2a, c2b) = (c2a + Vector512.Create(bias[2]), c2b + Vector512.Create(bias[2]));
            (c3a, c3b) = (c3a + Vector512.Create(bias[3]), c3b + Vector512.Create(bias[3]));
            (c4a, c4b) = (c4a + Vector512.Create(bias[4]), c4b + Vector512.Create(bias[4]));
            (c5a, c5b) = (c5a + Vector512.Create(bias[5]), c5b + Vector512.Create(bias[5]));
            (c6a, c6b) = (c6a + Vector512.Create(bias[6]), c6b + Vector512.Create(bias[6]));
            (c7a, c7b) = (c7a + Vector512.Create(bias[7]), c7b + Vector512.Create(bias[7]));
            (c8a, c8b) = (c8a + Vector512.Create(bias[8]), c8b + Vector512.Create(bias[8]));
            (c9a, c9b) = (c9a + Vector512.Create(bias[9]), c9b + Vector512.Create(bias[9]));
            (c10a, c10b) = (c10a + Vector512.Create(bias[10]), c10b + Vector512.Create(bias[10]));
            (c11a, c11b) = (c11a + Vector512.Create(bias[11]), c11b + Vector512.Create(bias[11]));
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
