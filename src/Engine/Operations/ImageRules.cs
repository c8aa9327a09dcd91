using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The shape rules of operations on images [B, C, H, W] or [C, H, W].</summary>
internal static class ImageRules
{
    /// <exception cref="ShapeException">The shape is no image's.</exception>
    public static (int Channels, int Height, int Width) Image(string described, Shape shape)
    {
        var sample = shape.Sample;
        return sample.Rank == 3 ? (sample[0], sample[1], sample[2])
            : throw new ShapeException($"{described}: input has shape {shape}, an image [B, channels, height, width] is wanted");
    }

    /// <summary>Rows and columns of what windows over an image give.</summary>
    /// <exception cref="ShapeException">The window is larger than the image with its padding.</exception>
    public static (int Height, int Width) Outputs(string described, Window y, Window x, int height, int width)
    {
        var (rows, columns) = (y.Outputs(height), x.Outputs(width));
        if (rows > 0 && columns > 0) return (rows, columns);
        var (window, extent, what) = rows > 0 ? (x, width, "columns") : (y, height, "rows");
        throw new ShapeException($"{described}: the window spans {window.Span} {what} (size {window.Size}, dilation {window.Dilation}), "
            + $"the input has {extent} and padding {window.Before} + {window.After}: a smaller kernel or more padding is wanted");
    }

    /// <summary>[B, channels, height, width], batched as the input is.</summary>
    public static Shape Like(Shape input, int channels, int height, int width) => input.IsBatched
        ? new Shape(Shape.Batch, channels, height, width)
        : new Shape(channels, height, width);

    /// <summary>What windows over the only input give, map by map.</summary>
    public static Shape Pooled(Operation operation, ReadOnlySpan<Shape> inputs, Window y, Window x)
    {
        ShapeRules.Count(operation, inputs, 1);
        var (channels, height, width) = Image(operation.Name, inputs[0]);
        var (rows, columns) = Outputs(operation.Name, y, x, height, width);
        return Like(inputs[0], channels, rows, columns);
    }

    /// <summary>Rules of windows that take the largest or mean of what is in them: each must see at least one pixel.</summary>
    public static Window Pooling(Window window) => window.Dilation == 1 && window.Before < window.Size && window.After < window.Size
        ? window
        : throw new ArgumentOutOfRangeException(nameof(window), window, "a pooling's window has no dilation and less padding than its size");
}
