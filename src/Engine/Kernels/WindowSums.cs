using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>A term of a pooling's sum over a window, and its derivative: see <see cref="WindowSums{TTerm}"/>.</summary>
internal interface IWindowTerm
{
    /// <summary>sum with the pixel added.</summary>
    static abstract T Add<T>(T sum, T pixel) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>gradient with the pixel's part of one window added.</summary>
    static abstract T Spread<T>(T gradient, T pixel, T window) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>Σ x: average pooling.</summary>
internal readonly struct PlainTerm : IWindowTerm
{
    public static T Add<T>(T sum, T pixel) where T : unmanaged, IFloatingPointIeee754<T> => sum + pixel;

    public static T Spread<T>(T gradient, T pixel, T window) where T : unmanaged, IFloatingPointIeee754<T> => gradient + window;
}

/// <summary>Σ x²: L2 pooling. The square and the sum are rounded once, together.</summary>
internal readonly struct SquareTerm : IWindowTerm
{
    public static T Add<T>(T sum, T pixel) where T : unmanaged, IFloatingPointIeee754<T> => T.FusedMultiplyAdd(pixel, pixel, sum);

    public static T Spread<T>(T gradient, T pixel, T window) where T : unmanaged, IFloatingPointIeee754<T> =>
        T.FusedMultiplyAdd(pixel, window, gradient);
}

/// <summary>Sums over the windows of a pooling: over a window in row-major order from +0, padding left out; and the way back, over the
/// windows that hold a pixel in row-major order from +0.</summary>
internal static class WindowSums<TTerm> where TTerm : IWindowTerm
{
    /// <param name="image">[planes, height, width].</param>
    /// <param name="sums">[planes, outputs of Y, outputs of X], written.</param>
    public static void Forward<T>(Window y, Window x, int height, int width, ReadOnlySpan<T> image, Span<T> sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, columns, next) = (y.Outputs(height), x.Outputs(width), 0);
        for (var plane = 0; plane < image.Length; plane += height * width)
        {
            for (var row = 0; row < rows; row++)
            {
                var (firstY, endY) = y.Within(row, height);
                for (var column = 0; column < columns; column++)
                {
                    var (firstX, endX) = x.Within(column, width);
                    var sum = T.Zero;
                    for (var iy = firstY; iy < endY; iy++)
                        foreach (var pixel in image.Slice(plane + (iy * width) + firstX, endX - firstX))
                            sum = TTerm.Add(sum, pixel);
                    sums[next++] = sum;
                }
            }
        }
    }

    /// <param name="windows">[planes, outputs of Y, outputs of X]: what each window gives to its pixels.</param>
    /// <param name="gradient">[planes, height, width], written.</param>
    public static void Backward<T>(Window y, Window x, int height, int width, ReadOnlySpan<T> image, ReadOnlySpan<T> windows,
        Span<T> gradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        gradient.Clear();
        var (rows, columns, next) = (y.Outputs(height), x.Outputs(width), 0);
        for (var plane = 0; plane < image.Length; plane += height * width)
        {
            for (var row = 0; row < rows; row++)
            {
                var (firstY, endY) = y.Within(row, height);
                for (var column = 0; column < columns; column++)
                {
                    var (firstX, endX) = x.Within(column, width);
                    var window = windows[next++];
                    for (var iy = firstY; iy < endY; iy++)
                    {
                        for (var at = plane + (iy * width) + firstX; at < plane + (iy * width) + endX; at++)
                            gradient[at] = TTerm.Spread(gradient[at], image[at], window);
                    }
                }
            }
        }
    }
}
