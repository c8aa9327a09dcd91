using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Plain = Distributed.Engine.Kernels.GemmBlocked<Distributed.Engine.Kernels.GemmTile512, Distributed.Engine.Kernels.GemmTile512Low, Distributed.Engine.Kernels.GemmTile512Flat>;

namespace Distributed.Engine.Kernels;

/// <summary>C = A·B where the rows of B are far apart: the next panel of it is packed row by row between the products with this one.</summary>
/// <remarks><code>
/// blocks of A's rows                  A's panels of a block of k fit L2
///   blocks of k                       two panels of B, 32 columns each, in the nearest caches
///     pack A
///     for panels of B, tiles of rows: one tile of C; meanwhile a share of the next panel
/// </code>
/// A chain goes from one block of k to the next through C. The order of operations is that of <see cref="Gemm"/>.
/// </remarks>
internal static unsafe class GemmAhead512
{
    /// <summary>Elements of k whose panel of B stays in an L1 of 48 KiB.</summary>
    private const int BlockK = 256;

    /// <summary>Blocks of k are a multiple of this long, so that panels are packed in whole vectors.</summary>
    private const int StepK = 16;

    /// <summary>Rows of A, about, whose panels of a block of k fit L2: 512 KiB.</summary>
    private const int BlockRows = 512;

    private const int Rows = 12, Columns = 32;

    /// <summary>Rows and elements of B from which packing it is worth hiding.</summary>
    private const int MinRows = 24, MinElements = 1 << 16;

    /// <summary>Whether <see cref="Multiply"/> is the fastest for these sizes.</summary>
    public static bool Fits(int m, int n, int k) =>
        Vector512.IsHardwareAccelerated && m >= MinRows && n >= Columns && k >= StepK && (long)n * k >= MinElements;

    /// <summary>C = A·B.</summary>
    /// <param name="k">At least 1.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="c">[m, n], written.</param>
    public static void Multiply(int m, int n, int k, float* a, float* b, float* c)
    {
        var (blockM, blockK) = (EqualBlock(m, BlockRows, Rows), EqualBlock(k, BlockK, StepK));
        var (sizeA, sizeB) = ((nint)blockM * blockK, (nint)blockK * Columns);
        var panels = GemmScratch.Mine.Get(sizeA + (2 * sizeB) + (Rows * Columns));
        var now = panels + sizeA;
        var next = now + sizeB;
        var edge = panels + sizeA + (2 * sizeB);
        for (; m > 0; m -= blockM, a += (nint)blockM * k, c += (nint)blockM * n)
        {
            var rows = Math.Min(blockM, m);
            var isPacked = false;
            for (var p = 0; p < k; p += blockK)
            {
                var depth = Math.Min(blockK, k - p);
                Plain.PackRows(a + p, k, 1, rows, depth, panels);
                for (var j = 0; j < n; j += Columns)
                {
                    var columns = Math.Min(Columns, n - j);
                    var from = b + ((nint)p * n) + j;
                    if (!isPacked) GemmPacking.Pack(from, 1, n, columns, depth, Columns, now);
                    RowCopy ahead = default;
                    if (rows >= Rows && columns == Columns)
                    {
                        // The next panel, if it is a whole one too: beside these columns, or at the beginning of the next block of k.
                        if (n - j >= 2 * Columns) ahead = new RowCopy(from + Columns, n, next, depth);
                        else if (n - j == Columns && p + blockK < k) ahead = new RowCopy(b + ((nint)(p + blockK) * n), n, next, Math.Min(blockK, k - p - blockK));
                    }
                    isPacked = ahead.PanelRows > 0;
                    Panel(rows, columns, depth, panels, now, c + j, n, p > 0, edge, ref ahead);
                    var packed = next;
                    next = now;
                    now = packed;
                }
            }
        }
    }

    /// <summary>The size of equal blocks, about as large as wanted.</summary>
    private static int EqualBlock(int size, int wanted, int multiple)
    {
        var blocks = Math.Max(1, (size + (wanted / 2)) / wanted);
        return (((size + blocks - 1) / blocks) + multiple - 1) / multiple * multiple;
    }

    /// <summary>All rows of some columns of C, from a panel of B. The last rows, and columns that are no whole panel, have nothing done beside them.</summary>
    private static void Panel(int rows, int columns, int depth, float* a, float* b, float* c, int ldc, bool accumulate, float* edge, ref RowCopy ahead)
    {
        var top = c;
        var tiles = columns == Columns ? rows / Rows : 0;
        for (var tile = 0; tile < tiles; tile++, rows -= Rows, a += (nint)depth * Rows, c += (nint)Rows * ldc)
        {
            ahead.Share(tiles, depth);
            // What C holds of the next tile is asked for; the rows may lie so far apart that only few of them stay in the nearer caches.
            if (accumulate) Prefetch.Rows(tile + 1 < tiles ? c + ((nint)Rows * ldc) : top + Columns, ldc, Rows, Columns);
            GemmTile512.Run(depth, a, b, Columns, c, ldc, accumulate, null, 0, null, ref ahead);
        }
        Plain.Tiles(a, new Plain.Panels(b, Columns, depth), rows, columns, depth, c, ldc, [0, depth], accumulate, null, false, null, null, edge);
    }

    /// <summary>Copies rows of a panel, one after another.</summary>
    private struct RowCopy : IBeside
    {
        /// <summary>So many rows ahead they are asked for.</summary>
        private const int Distance = 8;

        private readonly nint _stride;
        private float* _from, _to;
        private int _left, _share, _every;

        public RowCopy(float* from, nint stride, float* to, int rows)
        {
            _from = from;
            _to = to;
            (_stride, PanelRows, _left) = (stride, rows, rows);
        }

        /// <summary>Of the panel.</summary>
        public int PanelRows { get; }

        /// <summary>Cuts off what one of some tiles copies.</summary>
        public void Share(int tiles, int depth)
        {
            _share = Math.Min(_left, (PanelRows + tiles - 1) / tiles);
            _every = _share == 0 ? depth : Math.Max(1, depth / _share);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Next(int left)
        {
            if (_share == 0) return left;
            var (first, second) = (Vector512.Load(_from), Vector512.Load(_from + 16));
            if (Sse.IsSupported)
            {
                var ask = _left > Distance ? _from + (Distance * _stride) : _from + ((Distance - PanelRows) * _stride) + Columns;
                Sse.Prefetch1(ask);
                Sse.Prefetch1(ask + 16);
            }
            first.StoreAligned(_to);
            second.StoreAligned(_to + 16);
            _from += _stride;
            _to += Columns;
            _left--;
            _share--;
            return Math.Min(_every, left);
        }
    }
}
