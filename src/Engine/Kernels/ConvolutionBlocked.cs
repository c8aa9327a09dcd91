using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Convolution of floats as matrix products over tiles that stay in registers, one sample at a time.</summary>
/// <remarks><code>
/// once a pass: pack the weights                         rows of the product
/// for samples
///   copy the sample into an image with its padding      fits L1 or L2; no bounds to check from here on
///   for panels of positions (of weights)
///     for blocks of k: pack the panel from the image    neighbours are copied 16 at once; fits L1
///       for tiles of rows: one tile of the result
/// </code>
/// The matrix of all windows (im2col) never exists: a panel of it is made where it is used. The chain of an element goes on from
/// one block to the next, and in the weight gradient from one sample to the next, through memory that holds floats as the registers
/// do; so it is one chain.
/// </remarks>
internal static unsafe class ConvolutionBlocked<TTile> where TTile : struct, IGemmTile
{
    /// <summary>Elements of k whose panel (32 columns) stays in L1 beside the tile's rows.</summary>
    private const int BlockK = 256;

    private static int PanelElements => (BlockK * TTile.Columns) + GatherPacking.Slack;

    private static int TileElements => TTile.Rows * TTile.Columns;

    /// <summary>Operands as in <see cref="Convolution.Forward"/>, without bias.</summary>
    public static void Forward(ConvolutionTables tables, int samples, float* x, float* weight, float* y)
    {
        var shape = tables.Shape;
        var (k, rows) = (shape.MapWeights, RoundUp(shape.GroupMaps, TTile.Rows));
        var plane = tables.PaddedHeight * tables.PaddedWidth;
        var memory = new Pieces((long)shape.Groups * rows * k, ((long)shape.Channels * plane) + GatherPacking.Slack, PanelElements,
            TileElements);
        var packed = memory.First;
        var image = memory.Second;
        for (var group = 0; group < shape.Groups; group++)
        {
            GemmPacking.Pack(weight + ((nint)group * shape.GroupMaps * k), k, 1, shape.GroupMaps, k, TTile.Rows,
                packed + ((nint)group * rows * k));
        }
        new Span<float>(image, shape.Channels * plane).Clear();
        for (var b = 0; b < samples; b++, x += (nint)shape.Channels * shape.Pixels)
        {
            Frame(x, shape.Channels, shape.Height, shape.Width, image, plane, tables.PaddedWidth,
                (shape.Y.Before * tables.PaddedWidth) + shape.X.Before);
            for (var group = 0; group < shape.Groups; group++)
            {
                Correlate(image + ((nint)group * shape.GroupChannels * plane), tables.Taps, tables.Corners,
                    packed + ((nint)group * rows * k), shape.GroupMaps, y, shape.Positions, memory.Third, memory.Fourth);
                y += (nint)shape.GroupMaps * shape.Positions;
            }
        }
    }

    /// <summary>Operands as in <see cref="Convolution.InputGradient"/>, without bias.</summary>
    public static void InputGradient(ConvolutionTables tables, int samples, float* g, float* weight, float* dx)
    {
        var shape = tables.Shape;
        var rows = RoundUp(shape.GroupChannels, TTile.Rows);
        var plane = tables.MapHeight * tables.MapWidth;
        var groupWeights = (nint)shape.GroupMaps * shape.MapWeights;
        var direct = tables.Phases.Length == 1;
        var apart = direct ? 0 : (long)shape.GroupChannels * tables.LargestPhase;
        var memory = new Pieces((long)shape.Groups * shape.GroupMaps * shape.Mask * rows, ((long)shape.Maps * plane) + GatherPacking.Slack,
            PanelElements, TileElements, apart);
        var packed = memory.First;
        var image = memory.Second;
        var next = packed;
        for (var group = 0; group < shape.Groups; group++)
            foreach (var phase in tables.Phases)
                next = PackTransposed(weight + (group * groupWeights), phase.Weights, shape.GroupChannels, shape.Mask, next);
        new Span<float>(image, shape.Maps * plane).Clear();
        for (var b = 0; b < samples; b++, g += (nint)shape.Maps * shape.Positions)
        {
            Frame(g, shape.Maps, shape.OutputHeight, shape.OutputWidth, image, plane, tables.MapWidth,
                (tables.MapMarginY * tables.MapWidth) + tables.MapMarginX);
            next = packed;
            for (var group = 0; group < shape.Groups; group++)
            {
                var maps = image + ((nint)group * shape.GroupMaps * plane);
                foreach (var phase in tables.Phases)
                {
                    var count = phase.Pixels.Length;
                    Correlate(maps, phase.Taps, phase.Places, next, shape.GroupChannels, direct ? dx : memory.Fifth,
                        direct ? shape.Pixels : count, memory.Third, memory.Fourth);
                    if (!direct) Scatter(memory.Fifth, phase.Pixels, shape.GroupChannels, dx, shape.Pixels);
                    next += (nint)rows * phase.Taps.Length;
                }
                dx += (nint)shape.GroupChannels * shape.Pixels;
            }
        }
    }

    /// <summary>Operands as in <see cref="Convolution.WeightGradient"/>.</summary>
    public static void WeightGradient(ConvolutionTables tables, ReadOnlySpan<int> shardOffsets, float* x, float* g, float* dw)
    {
        var shape = tables.Shape;
        var shards = shardOffsets.Length - 1;
        var (rows, columns) = (RoundUp(shape.GroupMaps, TTile.Rows), RoundUp(shape.MapWeights, TTile.Columns));
        var sums = rows * columns;
        var imageElements = tables.PaddedHeight * tables.PaddedWidth * shape.GroupChannels;
        var memory = new Pieces((long)sums * (BitOperations.Log2((uint)shards) + 1), imageElements + GatherPacking.Slack, PanelElements,
            (long)BlockK * rows);
        var image = memory.Second;
        new Span<float>(image, imageElements).Clear();
        for (var group = 0; group < shape.Groups; group++)
        {
            var stack = memory.First; // where the next shard's sum goes; finished subtrees wait before it
            for (var shard = 0; shard < shards; shard++)
            {
                if (shardOffsets[shard] == shardOffsets[shard + 1]) new Span<float>(stack, sums).Clear();
                for (var b = shardOffsets[shard]; b < shardOffsets[shard + 1]; b++)
                {
                    Mix(x + ((((nint)b * shape.Channels) + (group * shape.GroupChannels)) * shape.Pixels), tables, image);
                    AddSample(tables, image, g + ((((nint)b * shape.Maps) + (group * shape.GroupMaps)) * shape.Positions), rows, columns,
                        stack, b > shardOffsets[shard], memory.Third, memory.Fourth);
                }
                for (var merges = ShardOffsets.Merges(shard); merges > 0; merges--, stack -= sums)
                {
                    var left = new Span<float>(stack - sums, sums);
                    Elementwise.TreeAdd<float>(left, new ReadOnlySpan<float>(stack, sums), left);
                }
                stack += sums;
            }
            var target = dw + ((nint)group * shape.GroupMaps * shape.MapWeights);
            for (var o = 0; o < shape.GroupMaps; o++, target += shape.MapWeights)
                for (var i = 0; i < shape.MapWeights; i++)
                    target[tables.MixedWeights[i]] = memory.First[(o * columns) + i];
        }
    }

    /// <summary>c[i, l] = chain over taps t of a[i, t]·image[taps[t] + lanes[l]].</summary>
    /// <param name="a">Packed in panels of the tile's rows: [rows / Rows, taps, Rows].</param>
    private static void Correlate(float* image, ReadOnlySpan<int> taps, ReadOnlySpan<int> lanes, float* a, int rows, float* c, int ldc,
        float* panel, float* edge)
    {
        for (var l = 0; l < lanes.Length; l += TTile.Columns)
        {
            var columns = Math.Min(TTile.Columns, lanes.Length - l);
            for (var (t, first) = (0, true); first || t < taps.Length; t += BlockK, first = false)
            {
                var depth = Math.Min(BlockK, taps.Length - t);
                GatherPacking.Pack(image, taps.Slice(t, depth), lanes.Slice(l, columns), TTile.Columns, panel);
                for (var i = 0; i < rows; i += TTile.Rows)
                {
                    Tile(depth, a + ((nint)i * taps.Length) + (t * TTile.Rows), panel, c + ((nint)i * ldc) + l, ldc,
                        Math.Min(TTile.Rows, rows - i), columns, !first, edge);
                }
            }
        }
    }

    /// <summary>One sample's part of the weight gradient: sums[o, t] goes on over its positions.</summary>
    private static void AddSample(ConvolutionTables tables, float* image, float* g, int rows, int columns, float* sums, bool accumulate,
        float* panel, float* packed)
    {
        var positions = tables.Corners.Length;
        for (var p = 0; p < positions; p += BlockK)
        {
            var depth = Math.Min(BlockK, positions - p);
            GemmPacking.Pack(g + p, positions, 1, tables.Shape.GroupMaps, depth, TTile.Rows, packed);
            for (var t = 0; t < columns; t += TTile.Columns)
            {
                var lanes = tables.MixedTaps.AsSpan(t, Math.Min(TTile.Columns, tables.MixedTaps.Length - t));
                GatherPacking.Pack(image, tables.MixedCorners.AsSpan(p, depth), lanes, TTile.Columns, panel);
                for (var o = 0; o < rows; o += TTile.Rows)
                {
                    TTile.Run(depth, packed + ((nint)o * depth), panel, TTile.Columns, sums + ((nint)o * columns) + t, columns, accumulate || p > 0,
                        null, 0, null);
                }
            }
        }
    }

    private static void Tile(int depth, float* a, float* b, float* c, int ldc, int rows, int columns, bool accumulate, float* edge)
    {
        if (rows == TTile.Rows && columns == TTile.Columns)
        {
            TTile.Run(depth, a, b, TTile.Columns, c, ldc, accumulate, null, 0, null);
            return;
        }
        if (accumulate) GemmPacking.Copy(c, ldc, edge, TTile.Columns, rows, columns);
        TTile.Run(depth, a, b, TTile.Columns, edge, TTile.Columns, accumulate, null, 0, null);
        GemmPacking.Copy(edge, TTile.Columns, c, ldc, rows, columns);
    }

    /// <summary>Copies planes into frames of padding, which stay as they are.</summary>
    /// <param name="origin">Where pixel (0, 0) goes in a frame.</param>
    private static void Frame(float* source, int planes, int height, int width, float* target, int plane, int pitch, int origin)
    {
        for (var c = 0; c < planes; c++)
        {
            var row = target + ((nint)c * plane) + origin;
            for (var y = 0; y < height; y++, source += width, row += pitch)
                new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(row, width));
        }
    }

    /// <summary>Copies one group's channels into a padded image [y, x, channel].</summary>
    private static void Mix(float* source, ConvolutionTables tables, float* target)
    {
        var shape = tables.Shape;
        var step = shape.GroupChannels;
        target += ((nint)(shape.Y.Before * tables.PaddedWidth) + shape.X.Before) * step;
        for (var y = 0; y < shape.Height; y++)
        {
            var row = target + ((nint)y * tables.PaddedWidth * step);
            for (var c = 0; c < step; c++)
            {
                var from = source + ((nint)c * shape.Pixels) + (y * shape.Width);
                for (var x = 0; x < shape.Width; x++) row[(x * step) + c] = from[x];
            }
        }
    }

    /// <summary>Packs weights with channels as rows; gives where the next panel goes.</summary>
    private static float* PackTransposed(float* weight, int[] weights, int channels, int mask, float* panel)
    {
        for (var c = 0; c < channels; c += TTile.Rows)
        {
            var valid = Math.Min(TTile.Rows, channels - c);
            foreach (var index in weights)
            {
                for (var row = 0; row < TTile.Rows; row++)
                    panel[row] = row < valid ? weight[index + ((nint)(c + row) * mask)] : 0f;
                panel += TTile.Rows;
            }
        }
        return panel;
    }

    private static void Scatter(float* source, int[] pixels, int planes, float* target, int plane)
    {
        for (var c = 0; c < planes; c++, target += plane)
            foreach (var pixel in pixels)
                target[pixel] = *source++;
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>The thread's scratch cut in pieces, each on a 64-byte boundary.</summary>
    private readonly ref struct Pieces
    {
        public Pieces(long first, long second, long third, long fourth, long fifth = 0)
        {
            var (a, b, c, d) = (GemmScratch.Aligned(first), GemmScratch.Aligned(second), GemmScratch.Aligned(third),
                GemmScratch.Aligned(fourth));
            First = GemmScratch.Mine.Get(a + b + c + d + fifth);
            Second = First + a;
            Third = Second + b;
            Fourth = Third + c;
            Fifth = Fourth + d;
        }

        public float* First { get; }

        public float* Second { get; }

        public float* Third { get; }

        public float* Fourth { get; }

        public float* Fifth { get; }
    }
}
