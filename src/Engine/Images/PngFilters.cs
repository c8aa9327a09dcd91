using Distributed.Engine.Data;

namespace Distributed.Engine.Images;

/// <summary>PNG stores each byte as its difference from a guess made of bytes before it; this adds the guess again.</summary>
/// <remarks><code>
/// a  the byte of the pixel to the left     b  the byte above     c  the byte above a     (0 outside the picture)
/// 0 none: 0   1 sub: a   2 up: b   3 average: ⌊(a + b) / 2⌋   4 Paeth: whichever of a, b, c is nearest a + b − c, in this order
/// </code></remarks>
internal static class PngFilters
{
    /// <param name="row">As stored; becomes the bytes themselves, modulo 256.</param>
    /// <param name="above">The row above, done; zeros above the first.</param>
    /// <param name="distance">Bytes from a to the byte.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = distance; i < row.Length; i++) row[i] += row[i - distance];
                break;
            case 2:
                for (var i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (var i = 0; i < row.Length; i++) row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) / 2);
                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                    row[i] += i < distance ? Paeth(0, above[i], 0) : Paeth(row[i - distance], above[i], above[i - distance]);
                break;
            default:
                throw new DataException($"filters are 0 to 4, got {filter}: damaged");
        }
    }

    private static byte Paeth(byte a, byte b, byte c)
    {
        var guess = a + b - c;
        var (fromA, fromB, fromC) = (Math.Abs(guess - a), Math.Abs(guess - b), Math.Abs(guess - c));
        return fromA <= fromB && fromA <= fromC ? a : fromB <= fromC ? b : c;
    }
}
