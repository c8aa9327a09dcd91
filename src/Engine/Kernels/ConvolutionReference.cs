using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Convolution by plain loops: the definition that the blocked kernels equal to the bit.</summary>
internal static class ConvolutionReference
{
    /// <inheritdoc cref="Convolution.Forward"/>
    public static void Forward<T>(in ConvolutionGeometry shape, int samples, ReadOnlySpan<T> x, ReadOnlySpan<T> weight,
        ReadOnlySpan<T> bias, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var next = 0;
        for (var b = 0; b < samples; b++)
        {
            for (var o = 0; o < shape.Maps; o++)
            {
                var channel = (b * shape.Channels) + (o / shape.GroupMaps * shape.GroupChannels);
                for (var p = 0; p < shape.Positions; p++)
                {
                    var (top, left) = Corner(shape, p);
                    var (sum, w) = (T.Zero, o * shape.MapWeights);
                    for (var c = 0; c < shape.GroupChannels; c++)
                        for (var ky = 0; ky < shape.Y.Size; ky++)
                            for (var kx = 0; kx < shape.X.Size; kx++)
                                sum = T.FusedMultiplyAdd(weight[w++], Pixel(x[((channel + c) * shape.Pixels)..], shape.Height,
                                    shape.Width, top + shape.TapY(ky), left + shape.TapX(kx)), sum);
                    y[next++] = bias.IsEmpty ? sum : sum + bias[o];
                }
            }
        }
    }

    /// <inheritdoc cref="Convolution.InputGradient"/>
    public static void InputGradient<T>(in ConvolutionGeometry shape, int samples, ReadOnlySpan<T> g, ReadOnlySpan<T> weight,
        ReadOnlySpan<T> bias, Span<T> dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var next = 0;
        for (var b = 0; b < samples; b++)
        {
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                var (group, c) = Math.DivRem(channel, shape.GroupChannels);
                var map = group * shape.GroupMaps;
                for (var pixel = 0; pixel < shape.Pixels; pixel++)
                {
                    var sum = T.Zero;
                    for (var o = map; o < map + shape.GroupMaps; o++)
                        sum = Meeting(shape, g[(((b * shape.Maps) + o) * shape.Positions)..],
                            weight[((o * shape.MapWeights) + (c * shape.Mask))..], pixel, sum);
                    dx[next++] = bias.IsEmpty ? sum : sum + bias[channel];
                }
            }
        }
    }

    /// <inheritdoc cref="Convolution.WeightGradient"/>
    public static void WeightGradient<T>(in ConvolutionGeometry shape, ReadOnlySpan<int> shardOffsets, ReadOnlySpan<T> x,
        ReadOnlySpan<T> g, Span<T> dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var next = 0;
        for (var o = 0; o < shape.Maps; o++)
            for (var c = 0; c < shape.GroupChannels; c++)
                for (var ky = 0; ky < shape.Y.Size; ky++)
                    for (var kx = 0; kx < shape.X.Size; kx++)
                        dw[next++] = Tree(shape, shardOffsets, x, g, o, (o / shape.GroupMaps * shape.GroupChannels) + c,
                            shape.TapY(ky), shape.TapX(kx));
    }

    /// <summary>Goes on with <paramref name="sum"/> over the weights of one map and channel that meet a pixel.</summary>
    private static T Meeting<T>(in ConvolutionGeometry shape, ReadOnlySpan<T> map, ReadOnlySpan<T> mask, int pixel, T sum)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (y, x) = Math.DivRem(pixel, shape.Width);
        for (var ky = 0; ky < shape.Y.Size; ky++)
        {
            var rows = y + shape.Y.Before - shape.TapY(ky);
            if (rows % shape.Y.Stride != 0) continue;
            for (var kx = 0; kx < shape.X.Size; kx++)
            {
                var columns = x + shape.X.Before - shape.TapX(kx);
                if (columns % shape.X.Stride != 0) continue;
                sum = T.FusedMultiplyAdd(mask[(ky * shape.X.Size) + kx], Pixel(map, shape.OutputHeight, shape.OutputWidth,
                    rows / shape.Y.Stride, columns / shape.X.Stride), sum);
            }
        }
        return sum;
    }

    private static T Tree<T>(in ConvolutionGeometry shape, ReadOnlySpan<int> offsets, ReadOnlySpan<T> x, ReadOnlySpan<T> g, int o,
        int channel, int tapY, int tapX) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shards = offsets.Length - 1;
        if (shards > 1)
        {
            return Tree(shape, offsets[..((shards / 2) + 1)], x, g, o, channel, tapY, tapX)
                + Tree(shape, offsets[(shards / 2)..], x, g, o, channel, tapY, tapX);
        }
        var sum = T.Zero;
        for (var b = offsets[0]; b < offsets[1]; b++)
        {
            var image = x[(((b * shape.Channels) + channel) * shape.Pixels)..];
            for (var p = 0; p < shape.Positions; p++)
            {
                var (top, left) = Corner(shape, p);
                sum = T.FusedMultiplyAdd(g[(((b * shape.Maps) + o) * shape.Positions) + p],
                    Pixel(image, shape.Height, shape.Width, top + tapY, left + tapX), sum);
            }
        }
        return sum;
    }

    /// <summary>Where the window's first tap lies at position p.</summary>
    private static (int Top, int Left) Corner(in ConvolutionGeometry shape, int p)
    {
        var (y, x) = Math.DivRem(p, shape.OutputWidth);
        return ((y * shape.Y.Stride) - shape.Y.Before, (x * shape.X.Stride) - shape.X.Before);
    }

    private static T Pixel<T>(ReadOnlySpan<T> plane, int height, int width, int y, int x)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        (uint)y < (uint)height && (uint)x < (uint)width ? plane[(y * width) + x] : T.Zero;
}
