using System.Globalization;
using Distributed.Engine.Data;

namespace Distributed.Engine.Filtering.Masks;

/// <summary>A mask written out: <c>"0 1 0; 1 -4 1; 0 1 0"</c>, rows between semicolons, numbers between blanks or commas.</summary>
public static class Custom
{
    /// <exception cref="DataException">A number cannot be read, or rows differ in length, or the mask is too large.</exception>
    public static Mask Parse(string text)
    {
        var rows = text.Split(';').Select(row => row.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        var width = rows[0].Length;
        if (rows.Find(row => row.Length != width) is { } other)
            throw new DataException($"the rows of a mask are of one length; the first has {width} numbers, another has {other.Length}");
        if (width is < 1 or > Mask.MaxSide || rows.Count > Mask.MaxSide)
            throw new DataException($"the sides of a mask are 1 to {Mask.MaxSide} numbers, got {width} x {rows.Count}");
        return new Mask("custom", new Plane(width, rows.Count, [.. rows.SelectMany(row => row.Select(Number))]));
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 1e6
            ? number
            : throw new DataException($"a number from -1000000 to 1000000 is wanted in a mask, got \"{text}\"");
}
