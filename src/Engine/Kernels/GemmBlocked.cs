using System.Numerics;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Matrix product of floats in blocks that stay in the caches, over tiles that stay in registers.</summary>
/// <remarks><code>
/// for blocks of columns             B's panels of it fit L2
///   for blocks of k                 one panel of B fits L1; one block over all of k where k is cut in shards
///     pack B
///     for blocks of rows            A's panels of it fit L2; from the last to the first
///       pack A                      kept for the next blocks of columns, where there are some
///       for panels of A, panels of B: one tile of C
/// </code>
/// A plain chain goes from one block of k to the next through C, unrounded further since C holds floats as the registers do.
/// With shards, the finished subtrees of a tile wait on a small stack in L1. The last rows of A go in a panel of a lower tile.
/// Where C has few rows, what is packed of B would hardly be used again: then B is read where it lies.
/// </remarks>
/// <typeparam name="TTile">Of most rows.</typeparam>
/// <typeparam name="TLow">A lower one of the same columns, for the last rows where they fit in it.</typeparam>
/// <typeparam name="TFlat">A still lower one.</typeparam>
internal static unsafe class GemmBlocked<TTile, TLow, TFlat>
    where TTile : struct, IGemmTile where TLow : struct, IGemmTile where TFlat : struct, IGemmTile
{
    /// <summary>Elements of k whose panel of B (32 columns) stays in an L1 of 48 KiB.</summary>
    private const int BlockK = 256;

    /// <summary>Blocks of k are a multiple of this long, so that panels are packed in whole vectors.</summary>
    private const int StepK = 16;

    /// <summary>Elements of A's panels: 128 KiB.</summary>
    private const int BlockA = 32 * 1024;

    /// <summary>The same where somebody waits for the rows that are done: 32 KiB.</summary>
    private const int BlockTold = 8 * 1024;

    /// <summary>Elements of A that are kept, once packed, for all blocks of columns: 16 MiB.</summary>
    private const int KeptA = 4 * 1024 * 1024;

    /// <summary>Elements of B's panels: 1 MiB.</summary>
    private const int BlockB = 256 * 1024;

    /// <summary>Rows of tiles up to which B is read where it lies, and elements of a row of it: longer rows are far apart.</summary>
    private const int FewTiles = 2, NearColumns = 512;

    /// <summary>Bytes: where a store past the caches may begin.</summary>
    private const int Alignment = 64;

    private static int TileElements => TTile.Rows * TTile.Columns;

    /// <summary>Operands as in <see cref="Gemm"/>; <paramref name="bias"/> is null or has n elements.</summary>
    /// <param name="rowsDone">Told from time to time, at last of all rows; of sums over shards also whether they are finite, where that is seen while they
    /// are in registers.</param>
    public static void MultiplyTree(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c,
        ReadOnlySpan<int> kOffsets, float* bias, RowsDone? rowsDone = null)
    {
        var shards = kOffsets.Length - 1;
        var blocks = shards > 1 ? 1 : Math.Max(1, (k + (BlockK / 2)) / BlockK);
        var blockK = Math.Max(1, blocks == 1 ? k : RoundUp((k + blocks - 1) / blocks, StepK));
        var blockA = rowsDone is null ? BlockA : BlockTold;
        var blockM = Math.Min(RoundUp(m, TTile.Rows), Math.Max(blockA / blockK / TTile.Rows, 1) * TTile.Rows);
        var blockN = Math.Min(RoundUp(n, TTile.Columns), Math.Max(BlockB / blockK / TTile.Columns, 1) * TTile.Columns);

        var keepsA = n > blockN && (long)m * k <= KeptA;
        var sizeA = GemmScratch.Aligned(keepsA ? (long)RoundUp(m, TTile.Rows) * k : (long)blockM * blockK);
        var sizeB = GemmScratch.Aligned((long)blockN * blockK);
        var stackTiles = BitOperations.Log2((uint)shards) + 1;
        var panelsA = GemmScratch.Mine.Get(sizeA + sizeB + ((stackTiles + 1L) * TileElements) + blockN + Alignment);
        var panelsB = panelsA + sizeA;
        var stack = panelsB + sizeB;
        var edge = stack + (stackTiles * TileElements);
        var paddedBias = edge + TileElements;
        var finite = paddedBias + blockN;

        var (rowA, stepA) = transposeA ? ((nint)1, (nint)m) : (k, 1);
        var (columnB, stepB) = transposeB ? ((nint)k, (nint)1) : (1, n);
        var isPacked = transposeB || m > FewTiles * TTile.Rows || n > NearColumns || n % TTile.Columns != 0;
        var isFar = typeof(TTile) == typeof(GemmTile512) && shards > 1 && (long)m * n >= Prefetch.Far && n % (Alignment / sizeof(float)) == 0
            && (nuint)c % Alignment == 0;
        if (typeof(TTile) == typeof(GemmTile512) && shards > 1 && rowsDone is not null) new Span<float>(finite, Vector512<float>.Count).Clear();
        else finite = null;
        for (var j = 0; j < n; j += blockN)
        {
            var columns = Math.Min(blockN, n - j);
            for (var block = 0; block < blocks; block++)
            {
                var p = block * blockK;
                var depth = Math.Min(blockK, k - p);
                var offsets = shards > 1 ? kOffsets : [0, depth];
                var (first, last) = (block == 0, block == blocks - 1);
                if (last && bias != null) Pad(bias + j, columns, paddedBias);
                var from = b + (j * columnB) + (p * stepB);
                if (isPacked) GemmPacking.Pack(from, columnB, stepB, columns, depth, TTile.Columns, panelsB);
                var panels = isPacked ? new Panels(panelsB, TTile.Columns, depth) : new Panels(from, n, 1);
                for (var i = (m - 1) / blockM * blockM; i >= 0; i -= blockM)
                {
                    var rows = Math.Min(blockM, m - i);
                    var panelsOfA = keepsA ? panelsA + ((nint)RoundUp(m, TTile.Rows) * p) + ((nint)i * depth) : panelsA;
                    if (!keepsA || j == 0) PackRows(a + (i * rowA) + (p * stepA), rowA, stepA, rows, depth, panelsOfA);
                    Tiles(panelsOfA, panels, rows, columns, depth, c + ((nint)i * n) + j, n, offsets, !first, finite, isFar,
                        last && bias != null ? paddedBias : null, stack, edge);
                    if (!last || columns < n || rowsDone is null) continue;
                    if (isFar) Prefetch.EndOfStream();
                    rowsDone(i, IsZero(finite));
                }
            }
        }
        if (isFar) Prefetch.EndOfStream();
        if (blockN < n) rowsDone?.Invoke(0, IsZero(finite));
    }

    /// <summary>Row by row of tiles: what is written of C lies close together, and B's panels stream from L2.</summary>
    internal static void Tiles(float* panelsA, in Panels panels, int rows, int columns, int depth, float* c, int ldc,
        ReadOnlySpan<int> offsets, bool accumulate, float* finite, bool isFar, float* bias, float* stack, float* edge)
    {
        var i = 0;
        for (; i <= rows - TTile.Rows; i += TTile.Rows, panelsA += (nint)depth * TTile.Rows, c += (nint)TTile.Rows * ldc)
            Row<TTile>(panelsA, panels, TTile.Rows, columns, c, ldc, offsets, accumulate, finite, isFar, bias, stack, edge);
        var last = rows - i;
        if (last == 0) return;
        if (last <= TFlat.Rows) Row<TFlat>(panelsA, panels, last, columns, c, ldc, offsets, accumulate, finite, isFar, bias, stack, edge);
        else if (last <= TLow.Rows) Row<TLow>(panelsA, panels, last, columns, c, ldc, offsets, accumulate, finite, isFar, bias, stack, edge);
        else Row<TTile>(panelsA, panels, last, columns, c, ldc, offsets, accumulate, finite, isFar, bias, stack, edge);
    }

    private static void Row<T>(float* a, in Panels panels, int rows, int columns, float* c, int ldc, ReadOnlySpan<int> offsets,
        bool accumulate, float* finite, bool isFar, float* bias, float* stack, float* edge) where T : struct, IGemmTile
    {
        for (var j = 0; j < columns; j += T.Columns)
        {
            Tile<T>(a, panels.At(j), panels.Row, c + j, ldc, rows, Math.Min(T.Columns, columns - j), offsets, accumulate, finite, isFar, stack, edge,
                bias == null ? null : bias + j);
        }
    }

    /// <summary>Packs rows of A; the last ones go in a panel of the lowest tile that holds them.</summary>
    internal static void PackRows(float* a, nint rowA, nint stepA, int rows, int depth, float* panels)
    {
        var whole = rows - LastRows(rows);
        GemmPacking.Pack(a, rowA, stepA, whole, depth, TTile.Rows, panels);
        if (whole == rows) return;
        var width = rows - whole <= TFlat.Rows ? TFlat.Rows : rows - whole <= TLow.Rows ? TLow.Rows : TTile.Rows;
        GemmPacking.Pack(a + (whole * rowA), rowA, stepA, rows - whole, depth, width, panels + ((nint)whole * depth));
    }

    /// <summary>Rows that do not fill a panel of the main tile.</summary>
    private static int LastRows(int rows) => rows % TTile.Rows;

    private static void Tile<T>(float* a, float* b, nint ldb, float* c, int ldc, int validRows, int validColumns, ReadOnlySpan<int> offsets,
        bool accumulate, float* finite, bool isFar, float* stack, float* edge, float* bias) where T : struct, IGemmTile
    {
        var whole = validRows == T.Rows && validColumns == T.Columns;
        if (!whole && accumulate) GemmPacking.Copy(c, ldc, edge, T.Columns, validRows, validColumns);
        var target = whole ? c : edge;
        var stride = whole ? ldc : T.Columns;
        if (offsets.Length == 2) T.Run(offsets[1], a, b, ldb, target, stride, accumulate, null, 0, bias);
        else if (typeof(T) == typeof(GemmTile512) && bias == null) Pairs(a, b, ldb, target, stride, offsets, stack, whole ? finite : null, whole && isFar);
        else Tree<T>(a, b, ldb, target, stride, offsets, stack, bias);
        if (finite != null && !(whole && typeof(T) == typeof(GemmTile512))) Look(target, stride, validRows, validColumns, finite);
        if (!whole) GemmPacking.Copy(edge, T.Columns, c, ldc, validRows, validColumns);
    }

    /// <summary>One tile over all shards, one after another; the last shard's sum completes the root, which goes to C.</summary>
    private static void Tree<T>(float* a, float* b, nint ldb, float* c, int ldc, ReadOnlySpan<int> offsets, float* stack, float* bias)
        where T : struct, IGemmTile
    {
        var (lastShard, elements) = (offsets.Length - 2, T.Rows * T.Columns);
        var top = stack - elements; // the newest waiting subtree; below the stack when none waits
        for (var shard = 0; shard < lastShard; shard++)
        {
            var merges = ShardOffsets.Merges(shard);
            var slot = top + ((1 - merges) * elements);
            var begin = (nint)offsets[shard];
            T.Run(offsets[shard + 1] - (int)begin, a + (begin * T.Rows), b + (begin * ldb), ldb, slot, T.Columns, false, top, merges, null);
            top = slot;
        }
        var start = (nint)offsets[lastShard];
        T.Run(offsets[lastShard + 1] - (int)start, a + (start * T.Rows), b + (start * ldb), ldb, c, ldc, false, top,
            ShardOffsets.Merges(lastShard), bias);
    }

    /// <summary>As <see cref="Tree"/>, two shards at a time, for the upper rows of the tile and then the lower ones. Each has a stack of its own.</summary>
    private static void Pairs(float* a, float* b, nint ldb, float* c, int ldc, ReadOnlySpan<int> offsets, float* stack, float* finite, bool isFar)
    {
        const int Elements = GemmPair512.Rows * GemmPair512.Columns;
        var pairs = (offsets.Length - 1) / 2;
        var lower = (BitOperations.Log2((uint)pairs) + 1) * Elements; // from a place on the upper rows' stack to that of the lower ones
        var top = stack - Elements;
        if (!isFar) Claim(c, ldc);
        for (var pair = 0; pair < pairs; pair++)
        {
            var merges = ShardOffsets.Merges(pair);
            var slot = top + ((1 - merges) * Elements);
            nint begin = offsets[2 * pair], middle = offsets[(2 * pair) + 1], end = offsets[(2 * pair) + 2];
            var (first, second, isLast) = ((int)(middle - begin), (int)(end - middle), pair == pairs - 1);
            var (panelA, panelB) = ((nint)begin * GemmTile512.Rows, begin * ldb);
            GemmPair512.Run(first, second, a + panelA, b + panelB, ldb, isLast ? c : slot, isLast ? ldc : GemmPair512.Columns, top, merges,
                isLast ? finite : null, isLast && isFar);
            GemmPair512.Run(first, second, a + panelA + GemmPair512.Rows, b + panelB, ldb,
                isLast ? c + ((nint)GemmPair512.Rows * ldc) : slot + lower, isLast ? ldc : GemmPair512.Columns, top + lower, merges,
                isLast ? finite : null, isLast && isFar);
            top = slot;
        }
    }

    /// <summary>Writes something to each line of a tile of C, so that the lines are on their way from other caches while the tile is computed.</summary>
    private static void Claim(float* c, nint ldc)
    {
        for (var row = 0; row < GemmTile512.Rows; row++, c += ldc) (c[0], c[16]) = (0f, 0f);
    }

    /// <summary>Makes one of the numbers NaN where an element of a tile that lies in the nearest cache is not finite, as <see cref="GemmPair512.Run"/> does
    /// for what it stores.</summary>
    private static void Look(float* tile, int stride, int rows, int columns, float* finite)
    {
        for (var row = 0; row < rows; row++, tile += stride)
            if (!Finite.All(new ReadOnlySpan<float>(tile, columns))) *finite = float.NaN;
    }

    /// <summary>Whether everything that was stored is finite; false too where nobody has looked.</summary>
    private static bool IsZero(float* finite) => finite != null && Vector512.EqualsAll(Vector512.LoadAligned(finite), Vector512<float>.Zero);

    /// <summary>A bias for whole tiles.</summary>
    private static void Pad(float* bias, int columns, float* padded)
    {
        new ReadOnlySpan<float>(bias, columns).CopyTo(new Span<float>(padded, columns));
        new Span<float>(padded + columns, RoundUp(columns, TTile.Columns) - columns).Clear();
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Where B's columns are, packed or not.</summary>
    /// <param name="row">Elements from one element of k to the next.</param>
    /// <param name="step">Elements from the first column of a tile to the first of the next one, by columns between them.</param>
    internal readonly struct Panels(float* first, nint row, nint step)
    {
        public nint Row => row;

        public float* At(int column) => first + (column * step);
    }
}
