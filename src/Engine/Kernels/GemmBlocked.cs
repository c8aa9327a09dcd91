using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Matrix product of floats in blocks that stay in the caches, over tiles that stay in registers.</summary>
/// <remarks><code>
/// for blocks of columns             B's panels of it fit L2
///   for blocks of k                 one panel of B fits L1; one block over all of k where k is cut in shards
///     pack B
///     for blocks of rows            A's panels of it fit L2
///       pack A
///       for panels of B, panels of A: one tile of C
/// </code>
/// A plain chain goes from one block of k to the next through C, unrounded further since C holds floats as the registers do.
/// With shards, the finished subtrees of a tile wait on a small stack in L1.
/// </remarks>
internal static unsafe class GemmBlocked<TTile> where TTile : struct, IGemmTile
{
    /// <summary>Elements of k whose panel of B (32 columns) stays in an L1 of 48 KiB.</summary>
    private const int BlockK = 256;

    /// <summary>Elements of A's panels: 128 KiB.</summary>
    private const int BlockA = 32 * 1024;

    /// <summary>Elements of B's panels: 1 MiB.</summary>
    private const int BlockB = 256 * 1024;

    private static int TileElements => TTile.Rows * TTile.Columns;

    /// <summary>Operands as in <see cref="Gemm"/>; <paramref name="bias"/> is null or has n elements.</summary>
    public static void MultiplyTree(bool transposeA, bool transposeB, int m, int n, int k, float* a, float* b, float* c,
        ReadOnlySpan<int> kOffsets, float* bias)
    {
        var shards = kOffsets.Length - 1;
        var blocks = shards > 1 ? 1 : Math.Max(1, (k + (BlockK / 2)) / BlockK);
        var blockK = Math.Max(1, (k + blocks - 1) / blocks);
        var blockM = Math.Min(RoundUp(m, TTile.Rows), Math.Max(BlockA / blockK / TTile.Rows, 1) * TTile.Rows);
        var blockN = Math.Min(RoundUp(n, TTile.Columns), Math.Max(BlockB / blockK / TTile.Columns, 1) * TTile.Columns);

        var sizeA = GemmScratch.Aligned((long)blockM * blockK);
        var sizeB = GemmScratch.Aligned((long)blockN * blockK);
        var stackTiles = BitOperations.Log2((uint)shards) + 1;
        var panelsA = GemmScratch.Mine.Get(sizeA + sizeB + ((stackTiles + 1L) * TileElements) + TTile.Columns);
        var panelsB = panelsA + sizeA;
        var stack = panelsB + sizeB;
        var edge = stack + (stackTiles * TileElements);
        var paddedBias = edge + TileElements;

        var (rowA, stepA) = transposeA ? ((nint)1, (nint)m) : (k, 1);
        var (columnB, stepB) = transposeB ? ((nint)k, (nint)1) : (1, n);
        for (var j = 0; j < n; j += blockN)
        {
            var columns = Math.Min(blockN, n - j);
            for (var block = 0; block < blocks; block++)
            {
                var p = block * blockK;
                var depth = Math.Min(blockK, k - p);
                var offsets = shards > 1 ? kOffsets : [0, depth];
                var (first, last) = (block == 0, block == blocks - 1);
                GemmPacking.Pack(b + (j * columnB) + (p * stepB), columnB, stepB, columns, depth, TTile.Columns, panelsB);
                for (var i = 0; i < m; i += blockM)
                {
                    var rows = Math.Min(blockM, m - i);
                    GemmPacking.Pack(a + (i * rowA) + (p * stepA), rowA, stepA, rows, depth, TTile.Rows, panelsA);
                    Tiles(panelsA, panelsB, rows, columns, depth, c + ((nint)i * n) + j, n, offsets, !first,
                        last && bias != null ? bias + j : null, stack, edge, paddedBias);
                }
            }
        }
    }

    private static void Tiles(float* panelsA, float* panelsB, int rows, int columns, int depth, float* c, int ldc,
        ReadOnlySpan<int> offsets, bool accumulate, float* bias, float* stack, float* edge, float* paddedBias)
    {
        for (var j = 0; j < columns; j += TTile.Columns)
        {
            var b = panelsB + ((nint)j * depth);
            var validColumns = Math.Min(TTile.Columns, columns - j);
            if (bias != null)
            {
                for (var x = 0; x < TTile.Columns; x++) paddedBias[x] = x < validColumns ? bias[j + x] : 0f;
            }
            for (var i = 0; i < rows; i += TTile.Rows)
            {
                var a = panelsA + ((nint)i * depth);
                var target = c + ((nint)i * ldc) + j;
                var validRows = Math.Min(TTile.Rows, rows - i);
                var whole = validRows == TTile.Rows && validColumns == TTile.Columns;
                if (!whole && accumulate) GemmPacking.Copy(target, ldc, edge, TTile.Columns, validRows, validColumns);
                Tile(a, b, whole ? target : edge, whole ? ldc : TTile.Columns, offsets, accumulate, stack,
                    bias != null ? paddedBias : null);
                if (!whole) GemmPacking.Copy(edge, TTile.Columns, target, ldc, validRows, validColumns);
            }
        }
    }

    /// <summary>One tile over all shards of this block of k; the last shard's sum completes the root, which goes to C.</summary>
    private static void Tile(float* a, float* b, float* c, int ldc, ReadOnlySpan<int> offsets, bool accumulate, float* stack,
        float* bias)
    {
        var lastShard = offsets.Length - 2;
        var top = stack - TileElements; // the newest waiting subtree; below the stack when none waits
        for (var shard = 0; shard < lastShard; shard++)
        {
            var merges = ShardOffsets.Merges(shard);
            var slot = top + ((1 - merges) * TileElements);
            var begin = (nint)offsets[shard];
            TTile.Run(offsets[shard + 1] - (int)begin, a + (begin * TTile.Rows), b + (begin * TTile.Columns), slot, TTile.Columns, false,
                top, merges, null);
            top = slot;
        }
        var start = (nint)offsets[lastShard];
        TTile.Run(offsets[lastShard + 1] - (int)start, a + (start * TTile.Rows), b + (start * TTile.Columns), c, ldc, accumulate, top,
            ShardOffsets.Merges(lastShard), bias);
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
