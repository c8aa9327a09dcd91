using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Distributed.Engine.Data;

namespace Distributed.Engine.Images;

/// <summary>Takes a PNG file apart: chunks with their checksums, inflation, filters, interlacing, pixels.</summary>
/// <remarks>Every length is held against what the file has before memory of that size is taken: the pixels' memory follows from
/// the header, whose claim must be within what deflate could have packed into the file (a 1032nd at best).</remarks>
internal static class PngReader
{
    private const long MaxInflation = 1032;

    private const int ChunkOverhead = 12; // length, type, checksum

    /// <summary>Adam7: the seven passes of an interlaced picture.</summary>
    private static readonly Pass[] Passes =
        [new(0, 0, 8, 8), new(0, 4, 8, 8), new(4, 0, 8, 4), new(0, 2, 4, 4), new(2, 0, 4, 2), new(0, 1, 2, 2), new(1, 0, 2, 1)];

    public static Image Read(ReadOnlySpan<byte> file)
    {
        CheckSignature(file);
        var rest = file[Png.Signature.Length..];
        PngHeader? header = null;
        byte[]? palette = null, transparency = null;
        var packed = new List<Range>();
        var packedDone = false;
        while (true)
        {
            var at = file.Length - rest.Length;
            var (type, length) = Chunk(rest);
            var data = rest.Slice(8, length);
            rest = rest[(length + ChunkOverhead)..];
            if (header is null && type != "IHDR") throw new DataException($"chunk IHDR is wanted first, got {type}");
            packedDone |= packed.Count > 0 && type != "IDAT";
            switch (type)
            {
                case "IHDR" when header is null:
                    header = PngHeader.Parse(data);
                    break;
                case "PLTE" when palette is null && packed.Count == 0 && length is >= 3 and <= 768 && length % 3 == 0:
                    palette = data.ToArray();
                    break;
                case "tRNS" when transparency is null && packed.Count == 0 && length <= 256:
                    transparency = data.ToArray();
                    break;
                case "IDAT" when !packedDone:
                    packed.Add((at + 8)..(at + 8 + length));
                    break;
                case "IEND":
                    if (packed.Count == 0) throw new DataException("there is no chunk IDAT: the picture is missing");
                    var pixels = new PngPixels(header!.Value, palette, transparency);
                    return Unpack(file, packed, header.Value, pixels);
                case "IHDR" or "PLTE" or "tRNS" or "IDAT":
                    throw new DataException($"chunk {type} with {length} bytes cannot stand here");
                default:
                    // A lower-case first letter: the chunk may be passed over.
                    if (!char.IsAsciiLetterLower(type[0]))
                        throw new DataException($"chunk {type} is needed to read the picture, and is not known");
                    break;
            }
        }
    }

    private static void CheckSignature(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(Png.Signature)) return;
        if (file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            throw new DataException("this is a JPEG file; only PNG is read, convert it first");
        if (file.StartsWith("GIF8"u8)) throw new DataException("this is a GIF file; only PNG is read, convert it first");
        if (file.StartsWith("BM"u8)) throw new DataException("this is a BMP file; only PNG is read, convert it first");
        throw new DataException(file.IsEmpty
            ? "a PNG file is wanted, the file is empty"
            : $"a PNG file begins with {Convert.ToHexStringLower(Png.Signature)}, " +
                $"got {Convert.ToHexStringLower(file[..Math.Min(file.Length, 8)])}");
    }

    private static (string Type, int Length) Chunk(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < ChunkOverhead) throw new DataException("truncated: the file ends before chunk IEND");
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var named = rest.Slice(4, 4);
        foreach (var letter in named)
            if (!char.IsAsciiLetter((char)letter))
                throw new DataException($"0x{Convert.ToHexStringLower(named)} is no chunk's name: damaged");
        var type = Encoding.ASCII.GetString(named);
        if (length > rest.Length - ChunkOverhead)
            throw new DataException($"truncated: chunk {type} has {length} bytes, {rest.Length - ChunkOverhead} are left");
        var body = rest.Slice(4, 4 + (int)length);
        if (Crc32.Of(body) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            throw new DataException($"chunk {type} is damaged: its checksum differs");
        return (type, (int)length);
    }

    private static Image Unpack(ReadOnlySpan<byte> file, List<Range> packed, PngHeader header, PngPixels pixels)
    {
        var joined = new byte[packed.Sum(range => range.GetOffsetAndLength(int.MaxValue).Length)];
        var filled = 0;
        foreach (var range in packed)
        {
            var piece = file[range];
            piece.CopyTo(joined.AsSpan(filled));
            filled += piece.Length;
        }

        var wanted = 0L;
        foreach (var (_, _, height, width) in PassSizes(header)) wanted += (long)height * (1 + header.RowBytes(width));
        if (wanted > joined.Length * MaxInflation)
            throw new DataException($"the header declares {header.Width} x {header.Height} pixels, " +
                $"the {joined.Length} packed bytes cannot hold them");

        var image = new Image(header.Width, header.Height, pixels.Channels);
        try
        {
            using var inflated = new ZLibStream(new MemoryStream(joined), CompressionMode.Decompress);
            foreach (var (pass, rows, height, width) in PassSizes(header))
            {
                var (above, row) = (new byte[header.RowBytes(width)], new byte[header.RowBytes(width)]);
                for (var y = 0; y < height; y++)
                {
                    var filter = inflated.ReadByte();
                    if (filter < 0 || inflated.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
                        throw new DataException($"truncated: row {y} of {rows} is not whole");
                    PngFilters.Undo(filter, row, above, header.FilterDistance);
                    for (var x = 0; x < width; x++)
                        pixels.Put(row, x, image, pass.Y + y * pass.StepY, pass.X + x * pass.StepX);
                    (above, row) = (row, above);
                }
            }
            // Reading to the end makes the stream check its own sum, too.
            if (inflated.ReadByte() >= 0) throw new DataException("more packed bytes follow the last row; none are wanted");
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"the packed pixels are damaged: {error.Message}", error);
        }
        return image;
    }

    /// <summary>The passes that hold pixels, with their rows and columns; a plain picture has one.</summary>
    private static IEnumerable<(Pass Pass, string Rows, int Height, int Width)> PassSizes(PngHeader header)
    {
        if (!header.Interlaced)
        {
            yield return (new Pass(0, 0, 1, 1), $"{header.Height}", header.Height, header.Width);
            yield break;
        }
        for (var i = 0; i < Passes.Length; i++)
        {
            var pass = Passes[i];
            var height = (header.Height - pass.Y + pass.StepY - 1) / pass.StepY;
            var width = (header.Width - pass.X + pass.StepX - 1) / pass.StepX;
            if (height > 0 && width > 0) yield return (pass, $"pass {i + 1}", height, width);
        }
    }

    /// <summary>Which pixels a pass holds: those from row Y and column X on, in steps.</summary>
    private readonly record struct Pass(int Y, int X, int StepY, int StepX);
}
