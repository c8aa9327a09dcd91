namespace Distributed.Engine.Images;

/// <summary>The PNG format (Portable Network Graphics, third edition, W3C 2025).</summary>
/// <remarks>
/// Read: every colour type (gray, gray with alpha, RGB, RGBA, palette) at every depth (1, 2, 4, 8, 16 bits), plain or interlaced,
/// transparency included. 16 bits are reduced to 8 by v / 257, rounded. Gamma and colour profiles are passed over: values come as
/// stored. Written: 8 bits, not interlaced.
/// </remarks>
public static class Png
{
    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <exception cref="Data.DataException">The bytes are no PNG file, or a damaged one.</exception>
    public static Image Decode(ReadOnlySpan<byte> file) => PngReader.Read(file);

    public static void Encode(Image image, Stream stream) => PngWriter.Write(image, stream);

    public static byte[] Encode(Image image)
    {
        var stream = new MemoryStream();
        Encode(image, stream);
        return stream.ToArray();
    }
}
