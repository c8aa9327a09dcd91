using Distributed.Engine.Kernels;

namespace Distributed.Engine.Layers;

/// <summary>How many rows and columns of +0 are put around an image.</summary>
/// <param name="Amount">On each side; null: <see cref="Same"/>.</param>
public readonly record struct Padding(Axes? Amount)
{
    /// <summary>As much as makes the output ⌈extent / stride⌉: the input's size with stride 1. An odd one goes behind.</summary>
    public static Padding Same => new(null);

    /// <summary>None: windows lie within the image.</summary>
    public static Padding Valid => new(0);

    public static implicit operator Padding(int bothSides) => new(bothSides);

    public static implicit operator Padding(Axes bothSides) => new(bothSides);

    /// <summary>The windows along rows and columns of an image.</summary>
    internal (Window Y, Window X) Windows(Axes kernel, Axes stride, Axes dilation, int height, int width) => (
        Along(kernel.Y, stride.Y, dilation.Y, Amount?.Y, height),
        Along(kernel.X, stride.X, dilation.X, Amount?.X, width));

    private static Window Along(int size, int stride, int dilation, int? amount, int extent)
    {
        if (amount is { } sides) return new Window(size, stride, dilation, sides, sides);
        var outputs = (extent + stride - 1) / stride;
        var total = Math.Max(0, ((outputs - 1) * stride) + new Window(size, stride, dilation).Span - extent);
        return new Window(size, stride, dilation, total / 2, total - (total / 2));
    }

    public override string ToString() => Amount is { } amount ? $"{amount}" : "same";
}
