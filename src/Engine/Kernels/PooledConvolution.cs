using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>A convolution, ReLU and max pooling by 2 in one pass: no map of the convolution is kept whole, and backward works only where
/// pooling lets a gradient through.</summary>
/// <remarks><code>
/// forward    pooled = MaxPool 2 by 2 (ReLU (<see cref="Convolution.Forward"/>))
/// backward   <see cref="Convolution"/>'s gradients of g spread over the outputs that won their window with a value above 0
/// </code>
/// The bits are those of the three one after another. In backward at least three of four outputs have a gradient of +0. Such a term is
/// left out of a chain, which changes nothing as long as what it meets is finite, +0 + x·0 being +0 and a + x·0 being a, except
/// that a chain which underflowed to −0 might have become +0. So where an operand is not finite or a result is −0, the terms
/// are taken one and all, over again.</remarks>
internal static class PooledConvolution
{
    /// <summary>Whether a convolution of this shape gains by it.</summary>
    public static bool Suits(in ConvolutionGeometry shape)
    {
        if (shape.Groups != 1 || shape.Flip) return false;
        if (shape.Y is not { Stride: 1, Dilation: 1 } || shape.X is not { Stride: 1, Dilation: 1 }) return false;
        var (height, width) = (shape.OutputHeight / 2, shape.OutputWidth / 2);
        return height > 0 && Tiles(width) * IPositionTile.Positions <= 3 * width && shape.Maps >= 6;
    }

    /// <param name="bias">[O], or empty for none.</param>
    /// <param name="pooled">[B, O, ⌊P / 2⌋, ⌊Q / 2⌋], written.</param>
    /// <param name="winners">Like <paramref name="pooled"/>, written for the backward pass.</param>
    /// <inheritdoc cref="Convolution.Forward"/>
    public static unsafe void Forward(ConvolutionTables tables, int samples, ReadOnlySpan<float> x, ReadOnlySpan<float> weight,
        ReadOnlySpan<float> bias, Span<float> pooled, Span<int> winners)
    {
        Check(tables.Shape, samples, x.Length, weight.Length, pooled.Length, winners.Length);
        fixed (float* px = x, pw = weight, pb = bias, py = pooled)
        fixed (int* pwinners = winners)
        {
            var maps = tables.Shape.Maps;
            if (!Vector512.IsHardwareAccelerated)
                PooledForward<Lanes256, Vector256<float>, PositionTile256>.Run(tables, samples, px, pw, pb, py, pwinners);
            else if (maps <= PositionTile512.Maps)
                PooledForward<Lanes512, Vector512<float>, PositionTile512>.Run(tables, samples, px, pw, pb, py, pwinners);
            else
                PooledForward<Lanes512, Vector512<float>, PositionTile512Wide>.Run(tables, samples, px, pw, pb, py, pwinners);
        }
    }

    /// <param name="g">[B, O, ⌊P / 2⌋, ⌊Q / 2⌋]: the gradient of the pooled maps.</param>
    /// <param name="winners">What the forward pass wrote.</param>
    /// <param name="dw">[O, C, Y.Size, X.Size], written.</param>
    /// <param name="db">[O], written; or empty.</param>
    /// <param name="dx">[B, C, H, W], written; or empty.</param>
    /// <inheritdoc cref="Convolution.WeightGradient"/>
    public static unsafe void Backward(ConvolutionTables tables, ReadOnlySpan<int> shardOffsets, ReadOnlySpan<float> x,
        ReadOnlySpan<float> weight, ReadOnlySpan<float> g, ReadOnlySpan<int> winners, Span<float> dw, Span<float> db,
        Span<float> dx)
    {
        ShardOffsets.Check("PooledConvolution", shardOffsets, shardOffsets[^1]);
        Check(tables.Shape, shardOffsets[^1], x.Length, weight.Length, g.Length, winners.Length);
        fixed (float* px = x, pw = weight, pg = g, pdw = dw, pdb = db, pdx = dx)
        fixed (int* pwinners = winners)
        {
            if (Vector512.IsHardwareAccelerated)
                PooledBackward<Lanes512, Vector512<float>>.Run(tables, shardOffsets, px, pw, pg, pwinners, pdw, pdb, pdx);
            else
                PooledBackward<Lanes256, Vector256<float>>.Run(tables, shardOffsets, px, pw, pg, pwinners, pdw, pdb, pdx);
        }
    }

    /// <summary>Tiles of a row of the convolution of which pooling makes <paramref name="width"/> windows.</summary>
    public static int Tiles(int width) => ((2 * width) + IPositionTile.Positions - 1) / IPositionTile.Positions;

    private static void Check(in ConvolutionGeometry shape, int samples, int x, int weight, int pooled, int winners)
    {
        var outputs = (long)samples * shape.Maps * (shape.OutputHeight / 2) * (shape.OutputWidth / 2);
        if (x != (long)samples * shape.Channels * shape.Pixels || weight != (long)shape.Maps * shape.MapWeights || pooled != outputs
            || winners != outputs)
        {
            throw new ArgumentException($"PooledConvolution: {samples} samples of {shape}: got {x} pixels, {weight} weights, {pooled} "
                + $"outputs and {winners} winners");
        }
    }
}
