using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>2-D convolution of images and its two gradients, with one defined order of operations per element.</summary>
/// <remarks>
/// With w the weights [O, C/G, ky, kx], x the image with +0 around it, and (y, x)(p, ky, kx) the pixel that weight (ky, kx) meets at
/// position p (see <see cref="ConvolutionGeometry"/>):
/// <code>
/// forward          y[o, p]  = chain over (c, ky, kx) of w[o, c, ky, kx]·x[c, (y, x)(p, ky, kx)], then + bias[o]
/// input gradient   dx[c, i] = chain over (o, ky, kx) of w[o, c, ky, kx]·g[o, p] where (y, x)(p, ky, kx) = i, then + bias[c]
/// weight gradient  dw[o, c, ky, kx] = tree over shards of the chain over (samples of the shard, p) of g[o, p]·x[c, (y, x)(p, ky, kx)]
/// chain            acc = +0; for each term in index order: acc = fma(a, b, acc)
/// </code>
/// A weight that meets padding multiplies +0. In the input gradient a weight takes part if there is a p for it, inside the map
/// (g[o, p]) or outside (+0); with a stride that leaves out those that would stand between two positions. The same bits at every
/// vector width. No memory is allocated once a thread's scratch has grown to the largest convolution it has met.
/// </remarks>
internal static class Convolution
{
    /// <param name="samples">B.</param>
    /// <param name="x">[B, C, H, W].</param>
    /// <param name="weight">[O, C/G, Y.Size, X.Size].</param>
    /// <param name="bias">[O], or empty for none.</param>
    /// <param name="y">[B, O, P, Q], written.</param>
    public static unsafe void Forward<T>(ConvolutionTables tables, int samples, ReadOnlySpan<T> x, ReadOnlySpan<T> weight,
        ReadOnlySpan<T> bias, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(tables.Shape, samples, x.Length, y.Length, weight.Length, bias.Length, tables.Shape.Maps);
        if (typeof(T) != typeof(float))
        {
            ConvolutionReference.Forward(tables.Shape, samples, x, weight, bias, y);
            return;
        }
        fixed (T* px = x, pw = weight, py = y)
        {
            if (!Vector512.IsHardwareAccelerated)
                ConvolutionBlocked<GemmTile256>.Forward(tables, samples, (float*)px, (float*)pw, (float*)py);
            else if (FillsLowTiles(tables.Shape.GroupMaps))
                ConvolutionBlocked<GemmTile512Low>.Forward(tables, samples, (float*)px, (float*)pw, (float*)py);
            else
                ConvolutionBlocked<GemmTile512>.Forward(tables, samples, (float*)px, (float*)pw, (float*)py);
        }
        AddBias(tables.Shape.Positions, MemoryMarshal.Cast<T, float>(bias), MemoryMarshal.Cast<T, float>(y));
    }

    /// <summary>The gradient of the input; with a bias, the forward pass of a transposed convolution.</summary>
    /// <param name="g">[B, O, P, Q].</param>
    /// <param name="bias">[C], or empty for none.</param>
    /// <param name="dx">[B, C, H, W], written.</param>
    public static unsafe void InputGradient<T>(ConvolutionTables tables, int samples, ReadOnlySpan<T> g, ReadOnlySpan<T> weight,
        ReadOnlySpan<T> bias, Span<T> dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(tables.Shape, samples, dx.Length, g.Length, weight.Length, bias.Length, tables.Shape.Channels);
        if (typeof(T) != typeof(float))
        {
            ConvolutionReference.InputGradient(tables.Shape, samples, g, weight, bias, dx);
            return;
        }
        fixed (T* pg = g, pw = weight, pdx = dx)
        {
            if (!Vector512.IsHardwareAccelerated)
                ConvolutionBlocked<GemmTile256>.InputGradient(tables, samples, (float*)pg, (float*)pw, (float*)pdx);
            else if (FillsLowTiles(tables.Shape.GroupChannels))
                ConvolutionBlocked<GemmTile512Low>.InputGradient(tables, samples, (float*)pg, (float*)pw, (float*)pdx);
            else
                ConvolutionBlocked<GemmTile512>.InputGradient(tables, samples, (float*)pg, (float*)pw, (float*)pdx);
        }
        AddBias(tables.Shape.Pixels, MemoryMarshal.Cast<T, float>(bias), MemoryMarshal.Cast<T, float>(dx));
    }

    /// <param name="shardOffsets">Shard s holds samples [offsets[s], offsets[s + 1]); a power of two of shards.</param>
    /// <param name="dw">[O, C/G, Y.Size, X.Size], written.</param>
    public static unsafe void WeightGradient<T>(ConvolutionTables tables, ReadOnlySpan<int> shardOffsets, ReadOnlySpan<T> x,
        ReadOnlySpan<T> g, Span<T> dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(tables.Shape, shardOffsets[^1], x.Length, g.Length, dw.Length, 0, 0);
        ShardOffsets.Check("Convolution", shardOffsets, shardOffsets[^1]);
        if (typeof(T) != typeof(float))
        {
            ConvolutionReference.WeightGradient(tables.Shape, shardOffsets, x, g, dw);
            return;
        }
        fixed (T* px = x, pg = g, pdw = dw)
        {
            if (!Vector512.IsHardwareAccelerated)
                ConvolutionBlocked<GemmTile256>.WeightGradient(tables, shardOffsets, (float*)px, (float*)pg, (float*)pdw);
            else if (FillsLowTiles(tables.Shape.GroupMaps))
                ConvolutionBlocked<GemmTile512Low>.WeightGradient(tables, shardOffsets, (float*)px, (float*)pg, (float*)pdw);
            else
                ConvolutionBlocked<GemmTile512>.WeightGradient(tables, shardOffsets, (float*)px, (float*)pg, (float*)pdw);
        }
    }

    /// <summary>Whether tiles of fewer rows leave fewer of them empty.</summary>
    private static bool FillsLowTiles(int rows) => Padded(rows, GemmTile512Low.Rows) < Padded(rows, GemmTile512.Rows);

    private static int Padded(int rows, int tile) => (rows + tile - 1) / tile * tile;

    private static void AddBias(int elements, ReadOnlySpan<float> bias, Span<float> maps)
    {
        if (bias.IsEmpty) return;
        for (var i = 0; i < maps.Length / elements; i++)
        {
            var map = maps.Slice(i * elements, elements);
            Elementwise.AddScalar(map, bias[i % bias.Length], map);
        }
    }

    private static void Check(in ConvolutionGeometry shape, int samples, int x, int y, int weight, int bias, int biases)
    {
        if (x != (long)samples * shape.Channels * shape.Pixels || y != (long)samples * shape.Maps * shape.Positions
            || weight != (long)shape.Maps * shape.MapWeights || (bias != 0 && bias != biases))
        {
            throw new ArgumentException($"Convolution: {samples} samples of {shape}: got {x} pixels, {y} outputs, {weight} weights and "
                + $"{bias} biases");
        }
    }
}
