using Distributed.Engine.Data;

namespace Distributed.Engine.Filtering;

/// <summary>Linear filtering of a picture with a mask: convolution for feature extraction.</summary>
/// <remarks><code>
/// convolution    R(y, x) = Σ_i Σ_j m(i, j)·p(y − i, x − j)            the mask is flipped: an impulse gives the mask itself
/// correlation    the same with m(K_y − 1 − i, K_x − 1 − j) for m(i, j):   an impulse gives the mask turned by half a turn
/// shapes         p [P_y, P_x] · m [K_y, K_x] → R [P_y + K_y − 1, P_x + K_x − 1], cut as <see cref="OutputSize"/> says
/// order          i, then j, rising; each product added to the sum with its own rounding, in double
/// </code>
/// The values are those of scipy.signal.convolve2d and correlate2d (correlate2d up to which of two middle pixels "same" takes for
/// masks of even size: here it is the same one for both).</remarks>
public static class Convolution
{
    /// <param name="correlate">Whether the mask is laid on as it is, not flipped; what neural networks call convolution.</param>
    /// <exception cref="DataException">The mask is larger than the picture where <see cref="OutputSize.Valid"/> is wanted.</exception>
    public static Plane Apply(Plane picture, Plane mask, Border border, OutputSize size, bool correlate = false)
    {
        var (top, height) = Range(picture.Height, mask.Height, size, "high");
        var (left, width) = Range(picture.Width, mask.Width, size, "wide");
        var weights = correlate ? Flipped(mask.Values) : mask.Values;
        // Where each row and column that the mask can touch comes from; −1: zero.
        var rows = Sources(border, top, height, mask.Height, picture.Height);
        var columns = Sources(border, left, width, mask.Width, picture.Width);
        var result = new double[(long)width * height <= Array.MaxLength
            ? width * height
            : throw new DataException($"the result would have {width} x {height} pixels, more than can be held")];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < mask.Height; i++)
                {
                    var row = rows[y + mask.Height - 1 - i];
                    if (row < 0) continue;
                    for (var j = 0; j < mask.Width; j++)
                    {
                        var column = columns[x + mask.Width - 1 - j];
                        if (column >= 0) sum += weights[i * mask.Width + j] * picture.Values[row * picture.Width + column];
                    }
                }
                result[y * width + x] = sum;
            }
        return new Plane(width, height, result);
    }

    /// <summary>The first pixel of the full result that is kept, and how many.</summary>
    private static (int First, int Count) Range(int picture, int mask, OutputSize size, string word) => size switch
    {
        OutputSize.Full => (0, picture + mask - 1),
        OutputSize.Same => ((mask - 1) / 2, picture),
        OutputSize.Valid when mask <= picture => (mask - 1, picture - mask + 1),
        OutputSize.Valid => throw new DataException($"the mask is {mask} pixels {word}, the picture {picture}: " +
            "no part of the result is valid; take the size same or full"),
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "no such size"),
    };

    /// <summary>Element e is where position first + e − (mask − 1) of the picture comes from.</summary>
    private static int[] Sources(Border border, int first, int count, int mask, int picture)
    {
        var sources = new int[count + mask - 1];
        for (var e = 0; e < sources.Length; e++) sources[e] = border.Source(first + e - (mask - 1), picture);
        return sources;
    }

    /// <summary>Turned by half a turn: the last value first.</summary>
    private static double[] Flipped(double[] values)
    {
        var flipped = (double[])values.Clone();
        Array.Reverse(flipped);
        return flipped;
    }
}
