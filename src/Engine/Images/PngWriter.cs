using System.Buffers.Binary;
using System.IO.Compression;

namespace Distributed.Engine.Images;

/// <summary>Writes 8-bit PNG: chunks IHDR, one IDAT, IEND; rows as differences from the row above (filter 2, "up").</summary>
/// <remarks>The pixels read back are the same bytes everywhere; the packed bytes may change with the runtime's zlib.</remarks>
internal static class PngWriter
{
    private const byte Up = 2;

    public static void Write(Image image, Stream stream)
    {
        stream.Write(Png.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        ReadOnlySpan<PngColor> colors = [PngColor.Gray, PngColor.GrayAlpha, PngColor.Rgb, PngColor.Rgba];
        header[9] = (byte)colors[image.Channels - 1];
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Pack(image));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static ReadOnlySpan<byte> Pack(Image image)
    {
        var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var width = image.Width * image.Channels;
            var (above, row) = (new byte[width], new byte[1 + width]);
            row[0] = Up;
            for (var y = 0; y < image.Height; y++)
            {
                var pixels = image.Pixels.Slice(y * width, width);
                for (var i = 0; i < width; i++) row[i + 1] = (byte)(pixels[i] - above[i]);
                deflate.Write(row);
                pixels.CopyTo(above);
            }
        }
        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(type, data));
        stream.Write(number);
    }
}
