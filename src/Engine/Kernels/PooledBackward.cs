using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>The backward pass of <see cref="PooledConvolution"/>, a window's columns and channels side by side in the lanes.</summary>
/// <remarks><code>
/// for shards, for samples
///   copy the sample into an image [y, x, channel] with its padding
///   for maps: list the outputs that have a gradient
///   for maps, for outputs of its list, forward: the map's window of ∂H/∂w, in registers, meets the image
///   for maps, for outputs of its list, backward: the map's weights, in registers, are added to an image ∂H/∂x
/// </code></remarks>
internal static unsafe class PooledBackward<L, V> where L : ILanes<V> where V : struct
{
    private static int Lanes => Unsafe.SizeOf<V>() / sizeof(float);

    /// <summary>Operands as in <see cref="PooledConvolution.Backward"/>; <paramref name="db"/> and <paramref name="dx"/> may be null.</summary>
    public static void Run(ConvolutionTables tables, ReadOnlySpan<int> shardOffsets, float* x, float* weight, float* g, int* winners,
        float* dw, float* db, float* dx)
    {
        var shape = tables.Shape;
        var shards = shardOffsets.Length - 1;
        // With ∂H/∂x a pixel's channels fill whole vectors: the weights of one must not touch the next pixel.
        var channels = dx == null ? shape.Channels : RoundUp(shape.Channels, Lanes);
        var (vectors, pitch) = (RoundUp(shape.X.Size * channels, Lanes) / Lanes, tables.PaddedWidth * channels);
        var window = shape.Y.Size * vectors * Lanes;
        var (rows, columns) = (shape.OutputHeight / 2, shape.OutputWidth / 2);
        var (sampleElements, mapElements) = ((nint)shape.Channels * shape.Pixels, shape.Maps * rows * columns);
        var imageElements = (tables.PaddedHeight * pitch) + (vectors * Lanes);
        var sums = (shape.Maps * window) + RoundUp(shape.Maps, 16); // of a shard: the weights', then the biases'

        var sizeStack = GemmScratch.Aligned((long)sums * (BitOperations.Log2((uint)shards) + 1));
        var sizeImage = GemmScratch.Aligned(imageElements);
        var (sizeWeight, sizeList) = (dx == null ? 0 : GemmScratch.Aligned((long)shape.Maps * window),
            GemmScratch.Aligned(((long)shape.Maps * shape.Positions) + WinnerLists.Slack));
        var stack = GemmScratch.Outer.Get(sizeStack + (2 * sizeImage) + sizeWeight + (2 * sizeList) + shape.Maps); // see InputGradientOfAll
        var image = stack + sizeStack;
        var imageGradient = image + sizeImage;
        var packed = imageGradient + sizeImage;
        var lists = new Lists((int*)(packed + sizeWeight), packed + sizeWeight + sizeList, (int*)(packed + sizeWeight + (2 * sizeList)));
        new Span<float>(image, imageElements).Clear();
        var sparse = true;
        if (dx != null)
        {
            PackWeights(weight, shape, channels, vectors * Lanes, packed);
            sparse = Finite.All(new ReadOnlySpan<float>(weight, shape.Maps * shape.MapWeights));
        }

        for (var shard = 0; shard < shards; shard++)
        {
            var (begin, end) = (shardOffsets[shard], shardOffsets[shard + 1]);
            // Once with the winners only; where that is not the same, once more with every output.
            for (var (whole, again) = (false, true); again; whole = true)
            {
                again = false;
                new Span<float>(stack, sums).Clear();
                for (var b = begin; b < end; b++)
                {
                    var sample = x + (b * sampleElements);
                    var first = (nint)b * mapElements;
                    ImageFrame.FillMixed(sample, tables, channels, image);
                    var stride = List(shape, winners + first, g + first, rows, columns, pitch, channels, whole, lists);
                    for (var o = 0; o < shape.Maps; o++)
                    {
                        AddWeights(lists.At + (o * stride), lists.Gradient + (o * stride), lists.Count[o], image, pitch, shape.Y.Size,
                            vectors, stack + (o * window), stack + (shape.Maps * window) + o);
                        if (dx != null) Prefetch.Part(dx + (b * sampleElements), (int)sampleElements, o, shape.Maps);
                        if (b + 1 == shardOffsets[^1]) continue;
                        Prefetch.Part(sample + sampleElements, (int)sampleElements, o, shape.Maps);
                        Prefetch.Part(winners + first + mapElements, mapElements, o, shape.Maps);
                        Prefetch.Part(g + first + mapElements, mapElements, o, shape.Maps);
                    }
                    if (whole) continue;
                    again |= !Finite.All(new ReadOnlySpan<float>(sample, (int)sampleElements));
                    if (dx == null) continue;
                    var target = dx + (b * sampleElements);
                    if (!sparse || !InputGradient(tables, lists, stride, channels, vectors, packed, imageGradient, target))
                        InputGradientOfAll(tables, winners + first, g + first, weight, lists.Gradient, target);
                }
                again |= !whole && HasNegativeZero(stack, shape.Maps * window);
            }
            for (var merges = ShardOffsets.Merges(shard); merges > 0; merges--, stack -= sums)
            {
                var left = new Span<float>(stack - sums, sums);
                Elementwise.TreeAdd<float>(left, new ReadOnlySpan<float>(stack, sums), left);
            }
            stack += sums;
        }
        stack -= sums;
        for (var o = 0; o < shape.Maps; o++)
            for (var c = 0; c < shape.Channels; c++)
                for (var i = 0; i < shape.Mask; i++)
                    *dw++ = stack[Place(shape, o, c, i, channels, vectors * Lanes)];
        if (db != null) new ReadOnlySpan<float>(stack + (shape.Maps * window), shape.Maps).CopyTo(new Span<float>(db, shape.Maps));
    }

    /// <summary>Lists the outputs of a sample, map by map; gives the elements from a map's list to the next.</summary>
    private static int List(in ConvolutionGeometry shape, int* winners, float* g, int rows, int columns, int pitch, int channels,
        bool whole, in Lists lists)
    {
        var windows = rows * columns;
        var stride = whole ? shape.Positions : Math.Min(shape.Positions, windows + WinnerLists.Slack);
        for (var o = 0; o < shape.Maps; o++, winners += windows, g += windows)
        {
            var at = lists.At + (o * stride);
            var gradient = lists.Gradient + (o * stride);
            if (!whole)
            {
                lists.Count[o] = WinnerLists.Fill(winners, g, rows, columns, pitch, channels, at, gradient);
                continue;
            }
            WinnerLists.Spread(winners, g, rows, columns, shape.OutputWidth, new Span<float>(gradient, shape.Positions));
            for (var y = 0; y < shape.OutputHeight; y++)
                for (var x = 0; x < shape.OutputWidth; x++)
                    *at++ = (y * pitch) + (x * channels);
            lists.Count[o] = shape.Positions;
        }
        return stride;
    }

    /// <summary>One map's weight gradient goes on over the outputs of its list, in blocks of its window that stay in registers.</summary>
    private static void AddWeights(int* at, float* g, int count, float* image, nint pitch, int rows, int vectors, float* sums,
        float* bias)
    {
        float unused;
        var row = (nint)vectors * Lanes;
        for (var r = 0; r < rows;)
        {
            var height = Largest(rows - r, 5);
            for (var v = 0; v < vectors;)
            {
                var width = Largest(vectors - v, Lanes == 16 ? 5 : 2);
                var from = image + (r * pitch) + (v * Lanes);
                var to = sums + (r * row) + (v * Lanes);
                var total = r + v == 0 ? bias : &unused;
                switch (height, width)
                {
                    case (5, 5): WindowTile<L, V, Five, Five>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (5, 3): WindowTile<L, V, Five, Three>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (5, 2): WindowTile<L, V, Five, Two>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (5, _): WindowTile<L, V, Five, One>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (3, 5): WindowTile<L, V, Three, Five>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (3, 3): WindowTile<L, V, Three, Three>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (3, 2): WindowTile<L, V, Three, Two>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (3, _): WindowTile<L, V, Three, One>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (_, 5): WindowTile<L, V, One, Five>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (_, 3): WindowTile<L, V, One, Three>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    case (_, 2): WindowTile<L, V, One, Two>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                    default: WindowTile<L, V, One, One>.WeightGradient(at, g, count, from, pitch, to, row, total); break;
                }
                v += width;
            }
            r += height;
        }
    }

    /// <summary>The input gradient of a sample from the listed outputs alone; false where a pixel came out −0.</summary>
    private static bool InputGradient(ConvolutionTables tables, in Lists lists, int stride, int channels, int vectors, float* weight,
        float* image, float* dx)
    {
        var (height, pitch) = (tables.Shape.Y.Size, tables.PaddedWidth * channels);
        var window = height * vectors * Lanes;
        new Span<float>(image, tables.PaddedHeight * pitch).Clear();
        for (var o = 0; o < tables.Shape.Maps; o++, weight += window)
        {
            var at = lists.At + (o * stride);
            var g = lists.Gradient + (o * stride);
            var count = lists.Count[o];
            switch (height, vectors, Lanes)
            {
                case (5, 5, 16): WindowTile<L, V, Five, Five>.InputGradient(at, g, count, image, pitch, weight); break;
                case (3, 3, _): WindowTile<L, V, Three, Three>.InputGradient(at, g, count, image, pitch, weight); break;
                default: AnyWindow(at, g, count, image, pitch, weight, height, vectors); break;
            }
        }
        if (HasNegativeZero(image, tables.PaddedHeight * pitch)) return false;
        ImageFrame.TakeMixed(image, tables, channels, dx);
        return true;
    }

    /// <summary>What <see cref="WindowTile{L, V, TRows, TVectors}.InputGradient"/> does, for a window that registers do not hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AnyWindow(int* at, float* g, int count, float* image, nint pitch, float* weight, int rows, int vectors)
    {
        for (var n = count - 1; n >= 0; n--)
        {
            var x = image + at[n];
            var w = weight;
            var d = L.Create(g[n]);
            for (var row = 0; row < rows; row++, x += pitch)
                for (var i = 0; i < vectors * Lanes; i += Lanes, w += Lanes)
                    Unsafe.WriteUnaligned(x + i, L.Fma(d, Unsafe.ReadUnaligned<V>(w), Unsafe.ReadUnaligned<V>(x + i)));
        }
    }

    /// <summary>The input gradient of a sample by the definition.</summary>
    private static void InputGradientOfAll(ConvolutionTables tables, int* winners, float* g, float* weight, float* spread, float* dx)
    {
        var shape = tables.Shape;
        var (rows, columns) = (shape.OutputHeight / 2, shape.OutputWidth / 2);
        for (var o = 0; o < shape.Maps; o++)
            WinnerLists.Spread(winners + (o * rows * columns), g + (o * rows * columns), rows, columns, shape.OutputWidth,
                new Span<float>(spread + (o * shape.Positions), shape.Positions));
        Convolution.InputGradient(tables, 1, new ReadOnlySpan<float>(spread, shape.Maps * shape.Positions),
            new ReadOnlySpan<float>(weight, shape.Maps * shape.MapWeights), [], new Span<float>(dx, shape.Channels * shape.Pixels));
    }

    /// <summary>[map, y, (x, channel)], a row filled up with +0.</summary>
    private static void PackWeights(float* weight, in ConvolutionGeometry shape, int channels, int row, float* packed)
    {
        new Span<float>(packed, shape.Maps * shape.Y.Size * row).Clear();
        for (var o = 0; o < shape.Maps; o++)
            for (var c = 0; c < shape.Channels; c++)
                for (var i = 0; i < shape.Mask; i++)
                    packed[Place(shape, o, c, i, channels, row)] = *weight++;
    }

    private static int Place(in ConvolutionGeometry shape, int map, int channel, int tap, int channels, int row)
    {
        var (ky, kx) = Math.DivRem(tap, shape.X.Size);
        return (((map * shape.Y.Size) + ky) * row) + (kx * channels) + channel;
    }

    private static bool HasNegativeZero(float* x, int count)
    {
        var found = Vector512<int>.Zero;
        var i = 0;
        for (; i <= count - 16; i += 16) found |= Vector512.Equals(Vector512.Load((int*)x + i), Vector512.Create(int.MinValue));
        for (; i < count; i++)
            if (((int*)x)[i] == int.MinValue) return true;
        return found != Vector512<int>.Zero;
    }

    /// <summary>The largest block of 1, 2 (AVX2's vectors), 3 or 5 that goes into what is left.</summary>
    private static int Largest(int left, int most) => left >= most ? most : left >= 3 && most > 3 ? 3 : 1;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>By map: where its outputs lie in the image, their gradients, and how many they are.</summary>
    private readonly struct Lists(int* at, float* gradient, int* count)
    {
        public int* At { get; } = at;

        public float* Gradient { get; } = gradient;

        public int* Count { get; } = count;
    }
}
