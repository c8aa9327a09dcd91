using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>Copies a sample into an image with padding around it, which stays as it is.</summary>
internal static unsafe class ImageFrame
{
    /// <summary>To [channel, y, x].</summary>
    public static void Fill(float* sample, ConvolutionTables tables, float* image)
    {
        var shape = tables.Shape;
        image += (shape.Y.Before * tables.PaddedWidth) + shape.X.Before;
        for (var c = 0; c < shape.Channels; c++, image += (nint)tables.PaddedHeight * tables.PaddedWidth)
            for (var y = 0; y < shape.Height; y++, sample += shape.Width)
                Row(sample, image + ((nint)y * tables.PaddedWidth), shape.Width);
    }

    /// <summary>To [y, x, channel].</summary>
    /// <param name="channels">From a pixel of <paramref name="image"/> to the next, at least as many as the sample has.</param>
    public static void FillMixed(float* sample, ConvolutionTables tables, int channels, float* image)
    {
        var shape = tables.Shape;
        image += ((nint)(shape.Y.Before * tables.PaddedWidth) + shape.X.Before) * channels;
        for (var y = 0; y < shape.Height; y++, sample += shape.Width, image += (nint)tables.PaddedWidth * channels)
        {
            if (channels == 1) Row(sample, image, shape.Width);
            else Transposition.Copy(sample, shape.Pixels, image, channels, shape.Channels, shape.Width);
        }
    }

    /// <summary>From [y, x, channel] back: the inside of an image to a sample.</summary>
    public static void TakeMixed(float* image, ConvolutionTables tables, int channels, float* sample)
    {
        var shape = tables.Shape;
        image += ((nint)(shape.Y.Before * tables.PaddedWidth) + shape.X.Before) * channels;
        for (var y = 0; y < shape.Height; y++, sample += shape.Width, image += (nint)tables.PaddedWidth * channels)
            Transposition.Copy(image, channels, sample, shape.Pixels, shape.Width, shape.Channels);
    }

    /// <summary>Copies a few elements; the last vector reaches back over what is copied already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(float* source, float* target, int count)
    {
        if (count >= 16)
        {
            for (var i = 0; i < count - 16; i += 16) Vector512.Load(source + i).Store(target + i);
            Vector512.Load(source + count - 16).Store(target + count - 16);
        }
        else if (count >= 8)
        {
            Vector256.Load(source).Store(target);
            Vector256.Load(source + count - 8).Store(target + count - 8);
        }
        else
        {
            for (var i = 0; i < count; i++) target[i] = source[i];
        }
    }
}
