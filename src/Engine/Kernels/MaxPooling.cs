using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Kernels;

/// <summary>The largest element of each window, and where it is.</summary>
/// <remarks>The taps inside the image are compared in row-major order: the first of equals wins, a NaN wins over any number. Padding never
/// wins. Comparing rounds nothing, so every element has the bits of one of its window. Windows of 2 by 2 that touch go four at a time.</remarks>
internal static class MaxPooling
{
    /// <summary>Windows of one step of the loop for 2 by 2.</summary>
    private const int Together = 4;

    private static readonly Window s_half = new(2, 2);

    /// <param name="planes">Images times channels.</param>
    /// <param name="x">[planes, height, width].</param>
    /// <param name="values">[planes, outputs of Y, outputs of X], written; or empty when they are not wanted.</param>
    /// <param name="places">Like <paramref name="values"/>: y·width + x of the largest, written.</param>
    public static void Forward<T>(Window y, Window x, int planes, int height, int width, ReadOnlySpan<T> image, Span<T> values,
        Span<T> places) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && y == s_half && x == s_half && width >= 2 * Together && !values.IsEmpty)
        {
            Halve(planes, height, width, MemoryMarshal.Cast<T, float>(image), MemoryMarshal.Cast<T, float>(values),
                MemoryMarshal.Cast<T, float>(places));
        }
        else
        {
            Reference(y, x, planes, height, width, image, values, places);
        }
    }

    /// <summary>The plain loops that <see cref="Forward"/> must equal to the bit.</summary>
    public static void Reference<T>(Window y, Window x, int planes, int height, int width, ReadOnlySpan<T> image, Span<T> values,
        Span<T> places) where T : unmanaged, IFloatingPointIeee754<T>
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
                        for (var ix = firstX; ix < endX; ix++)
                        {
                            var candidate = source[(iy * width) + ix];
                            if (candidate > best || T.IsNaN(candidate)) (best, place) = (candidate, (iy * width) + ix);
                        }
                    if (!values.IsEmpty) values[next] = best;
                    places[next++] = T.CreateTruncating(place);
                }
            }
        }
    }

    private static void Halve(int planes, int height, int width, ReadOnlySpan<float> image, Span<float> values, Span<float> places)
    {
        var (rows, columns) = (height / 2, width / 2);
        var steps = Vector128.Create(0f, 2, 4, 6);
        for (var plane = 0; plane < planes; plane++)
        {
            for (var row = 0; row < rows; row++)
            {
                var output = ((plane * rows) + row) * columns;
                // The last step reaches back over windows that are done already: they come out the same once more.
                for (var column = 0; column < columns; column += Together)
                {
                    var first = Math.Min(column, columns - Together);
                    var place = (2 * row * width) + (2 * first);
                    var upper = image.Slice((plane * height * width) + place, 2 * Together);
                    var lower = image.Slice((plane * height * width) + place + width, 2 * Together);
                    var (best, right) = Unzip(upper);
                    var (left, last) = Unzip(lower);
                    var at = Vector128.Create((float)place) + steps;
                    var winner = at;
                    Challenge(right, at + Vector128.Create(1f), ref best, ref winner);
                    Challenge(left, at + Vector128.Create((float)width), ref best, ref winner);
                    Challenge(last, at + Vector128.Create(width + 1f), ref best, ref winner);
                    best.CopyTo(values[(output + first)..]);
                    winner.CopyTo(places[(output + first)..]);
                }
            }
        }
    }

    /// <summary>The elements at even and at odd places of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Even, Vector128<float> Odd) Unzip(ReadOnlySpan<float> eight)
    {
        var unzipped = Vector256.Shuffle(Vector256.Create(eight), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7));
        return (unzipped.GetLower(), unzipped.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector128<float> candidate, Vector128<float> place, ref Vector128<float> best,
        ref Vector128<float> winner)
    {
        var wins = Vector128.GreaterThan(candidate, best) | ~Vector128.Equals(candidate, candidate);
        best = Vector128.ConditionalSelect(wins, candidate, best);
        winner = Vector128.ConditionalSelect(wins, place, winner);
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
