using System.Buffers.Binary;
using Distributed.Engine.Data;

namespace Distributed.Engine.Images;

/// <summary>What chunk IHDR says, checked.</summary>
/// <param name="Depth">Bits of a sample (of a palette index): 1, 2, 4, 8 or 16.</param>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColor Color, bool Interlaced)
{
    /// <summary>Samples of a pixel as stored.</summary>
    public int Samples => Color switch { PngColor.Rgb => 3, PngColor.GrayAlpha => 2, PngColor.Rgba => 4, _ => 1 };

    /// <summary>Bytes of a row of <paramref name="width"/> pixels, without the byte that names its filter.</summary>
    public int RowBytes(int width) => (int)(((long)width * Samples * Depth + 7) / 8);

    /// <summary>Distance to the byte on the left that filters look at: bytes of a pixel, at least 1.</summary>
    public int FilterDistance => Math.Max(1, Samples * Depth / 8);

    public static PngHeader Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13) throw new DataException($"chunk IHDR has 13 bytes, got {data.Length}");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        if (width is 0 or > Image.MaxSide || height is 0 or > Image.MaxSide || (ulong)width * height > Image.MaxPixels)
            throw new DataException($"the picture is {width} x {height}; sides of 1 to {Image.MaxSide} and " +
                $"at most {Image.MaxPixels} pixels are read");
        var (depth, color) = (data[8], (PngColor)data[9]);
        var known = color switch
        {
            PngColor.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GrayAlpha or PngColor.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!known) throw new DataException($"there is no PNG of colour type {data[9]} with {depth} bits");
        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
            throw new DataException($"compression 0, filter method 0 and interlacing 0 or 1 are wanted, " +
                $"got {data[10]}, {data[11]}, {data[12]}");
        return new PngHeader((int)width, (int)height, depth, color, data[12] == 1);
    }
}

/// <summary>PNG's colour types, by their numbers in the file.</summary>
internal enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}
