using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>The largest element of each window, and where it is.</summary>
/// <remarks>The taps inside the image are compared in row-major order: the first of equals wins, a NaN wins over any number. Padding never
/// wins. Comparing rounds nothing, so every element has the bits of one of its window.</remarks>
internal static class MaxPooling
{
    /// <param name="planes">Images times channels.</param>
    /// <param name="x">[planes, height, width].</param>
    /// <param name="values">[planes, outputs of Y, outputs of X], written; or empty when they are not wanted.</param>
    /// <param name="places">Like <paramref name="values"/>: y·width + x of the largest, written.</param>
    public static void Forward<T>(Window y, Window x, int planes, int height, int width, ReadOnlySpan<T> image, Span<T> values, Span<T> places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, columns) = (y.Outputs(height), x.Outputs(width));
        var next = 0;
        for (var plane = 0; plane < planes; plane++)
        {
            var source = image.Slice(plane * height * width, height * width);
            for (var row = 0; row < rows; row++)
            {
                var (firstY, endY) = y.Within(row, height);
                for (var column = 0; column < columns; column++)
                {
                    var (firstX, endX) = x.Within(column, width);
                    var place = (firstY * width) + firstX;
                    var best = source[place];
                    for (var iy = firstY; iy < endY; iy++)
                    {
                        for (var ix = firstX; ix < endX; ix++)
                        {
                            var candidate = source[(iy * width) + ix];
                            if (!(candidate > best) && !T.IsNaN(candidate)) continue;
                            (best, place) = (candidate, (iy * width) + ix);
                        }
                    }
                    if (!values.IsEmpty) values[next] = best;
                    places[next++] = T.CreateTruncating(place);
                }
            }
        }
    }

    /// <summary>Adds each element to the place that its window's largest was at: what max pooling's backward and unpooling's forward do.</summary>
    /// <param name="source">[planes, outputs of a plane].</param>
    /// <param name="places">Like <paramref name="source"/>.</param>
    /// <param name="target">[planes, pixels of a plane], written: +0 where no window has its largest.</param>
    public static void Scatter<T>(int planes, ReadOnlySpan<T> source, ReadOnlySpan<T> places, Span<T> target)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        target.Clear();
        var (outputs, pixels) = (source.Length / planes, target.Length / planes);
        for (var plane = 0; plane < planes; plane++)
        {
            var to = target.Slice(plane * pixels, pixels);
            var from = source.Slice(plane * outputs, outputs);
            var at = places.Slice(plane * outputs, outputs);
            for (var i = 0; i < from.Length; i++) to[int.CreateTruncating(at[i])] += from[i];
        }
    }

    /// <summary>Takes the element at each place: what unpooling's backward does.</summary>
    /// <param name="source">[planes, pixels of a plane].</param>
    /// <param name="target">[planes, outputs of a plane], written.</param>
    public static void Gather<T>(int planes, ReadOnlySpan<T> source, ReadOnlySpan<T> places, Span<T> target)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (outputs, pixels) = (target.Length / planes, source.Length / planes);
        for (var i = 0; i < target.Length; i++) target[i] = source[(i / outputs * pixels) + int.CreateTruncating(places[i])];
    }
}
