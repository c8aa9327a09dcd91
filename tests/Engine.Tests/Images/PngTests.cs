using System.IO.Compression;
using System.Text.Json;
using Distributed.Engine.Data;
using Distributed.Engine.Images;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Images;

/// <summary>The codec against files put together by make_png.py beside this file, against itself, and against damage.</summary>
public class PngTests
{
    private static readonly List<Golden> Cases = JsonSerializer.Deserialize<List<Golden>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Images", "png.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names => [.. Cases.Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_good_file_gives_its_pixels(string name)
    {
        var golden = Cases.Single(one => one.Name == name);
        var image = Png.Decode(golden.Png);
        Assert.Equal((golden.Width, golden.Height, golden.Channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(golden.Pixels, image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 1)]
    [InlineData(8, 9, 2)]
    [InlineData(31, 17, 3)]
    [InlineData(2, 40, 4)]
    public void What_is_written_is_read_back(int width, int height, int channels)
    {
        var image = Noise(width, height, channels);
        var back = Png.Decode(Png.Encode(image));
        Assert.Equal((width, height, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Pixels.ToArray(), back.Pixels.ToArray());
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        var whole = Cases.Single(golden => golden.Name == "in five pieces").Png;
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<DataException>(() => Png.Decode(whole.AsSpan(0, length)));
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var whole = Cases.Single(golden => golden.Name == "palette 4").Png;
        for (var i = 0; i < 8 * whole.Length; i++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Throws<DataException>(() => Png.Decode(damaged));
        }
    }

    [Theory]
    [InlineData("no PNG", "00112233445566778899", "a PNG file begins with 89504e470d0a1a0a, got 0011223344556677")]
    [InlineData("JPEG", "ffd8ffe000104a464946", "this is a JPEG file; only PNG is read")]
    [InlineData("empty", "", "the file is empty")]
    public void Other_files_are_refused(string name, string hex, string sentence) =>
        Assert.True(Assert.Throws<DataException>(() => Png.Decode(Convert.FromHexString(hex))).Message.Contains(sentence), name);

    [Theory]
    [InlineData(0, 1, 8, 0, 0, "the picture is 0 x 1")]
    [InlineData(40000, 1, 8, 0, 0, "the picture is 40000 x 1")]
    [InlineData(32768, 32768, 8, 0, 0, "at most 67108864 pixels")]
    [InlineData(4, 4, 3, 0, 0, "no PNG of colour type 0 with 3 bits")]
    [InlineData(4, 4, 4, 2, 0, "no PNG of colour type 2 with 4 bits")]
    [InlineData(4, 4, 8, 5, 0, "no PNG of colour type 5 with 8 bits")]
    [InlineData(4, 4, 8, 0, 2, "interlacing 0 or 1 are wanted, got 0, 0, 2")]
    [InlineData(4, 4, 8, 3, 0, "there is no chunk PLTE")]
    [InlineData(8000, 8000, 8, 6, 0, "the header declares 8000 x 8000 pixels, the 14 packed bytes cannot hold them")]
    [InlineData(4, 4, 8, 0, 0, "truncated: row 1 of 4 is not whole")]
    [InlineData(2, 1, 8, 0, 0, "more packed bytes follow the last row")]
    public void Bad_headers_are_met_with_a_sentence(int width, int height, byte depth, byte color, byte interlaced,
        string sentence)
    {
        // Good for 4 x 1: filter 0 and four bytes, then filter 0 and one byte.
        var packed = ZLib([0, 1, 2, 3, 4, 0, 9]);
        byte[] header = [.. BigEndian(width), .. BigEndian(height), depth, color, 0, 0, interlaced];
        byte[] file = [.. Png.Signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed), .. Chunk("IEND"u8, [])];
        Assert.Contains(sentence.Replace("14", $"{packed.Length}"), Assert.Throws<DataException>(() => Png.Decode(file)).Message);
    }

    [Fact]
    public void The_packed_pixels_own_sum_is_checked()
    {
        byte[] header = Chunk("IHDR"u8, [.. BigEndian(1), .. BigEndian(1), 8, 0, 0, 0, 0]);
        var packed = ZLib([0, 7]);
        packed[^1] ^= 1;
        Assert.Contains("the packed pixels are damaged", Assert.Throws<DataException>(() =>
            Png.Decode([.. Png.Signature, .. header, .. Chunk("IDAT"u8, packed), .. Chunk("IEND"u8, [])])).Message);
    }

    [Fact]
    public void Chunks_out_of_order_are_refused()
    {
        byte[] header = [.. Chunk("IHDR"u8, [.. BigEndian(1), .. BigEndian(1), 8, 0, 0, 0, 0])];
        byte[] data = Chunk("IDAT"u8, ZLib([0, 7]));
        byte[] end = Chunk("IEND"u8, []);
        Assert.Equal(7, Png.Decode([.. Png.Signature, .. header, .. data, .. end]).Pixels[0]);
        Refused("chunk IHDR is wanted first, got IDAT", data, header, end);
        Refused("chunk IHDR with 13 bytes cannot stand here", header, header, data, end);
        Refused("there is no chunk IDAT", header, end);
        Refused("chunk IDAT with 10 bytes cannot stand here", header, data, Chunk("tEXt"u8, [1]), data, end);
        Refused("chunk QUUX is needed to read the picture", header, Chunk("QUUX"u8, []), data, end);
        Refused("is no chunk's name", header, Chunk("a\0b1"u8, []), data, end);
        Refused("truncated: the file ends before chunk IEND", header, data);

        static void Refused(string sentence, params byte[][] chunks) => Assert.Contains(sentence,
            Assert.Throws<DataException>(() => Png.Decode([.. Png.Signature, .. chunks.SelectMany(chunk => chunk)])).Message);
    }

    [Fact]
    public void A_large_claim_takes_no_memory()
    {
        byte[] header = [.. BigEndian(8000), .. BigEndian(8000), 8, 6, 0, 0, 0];
        byte[] file = [.. Png.Signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, ZLib([0, 7])), .. Chunk("IEND"u8, [])];
        Assert.Throws<DataException>(() => Png.Decode(file)); // warms up
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => Png.Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    internal static Image Noise(int width, int height, int channels)
    {
        var image = new Image(width, height, channels);
        var random = new RandomStream(3, RandomPurpose.Test, (uint)width, (uint)height, (uint)channels);
        foreach (ref var pixel in image.Pixels) pixel = (byte)random.NextInt(256);
        return image;
    }

    private static byte[] ZLib(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal)) stream.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data) =>
        [.. BigEndian(data.Length), .. type, .. data, .. BigEndian((int)Crc32.Of(type, data))];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private sealed record Golden(string Name, byte[] Png, int Width, int Height, int Channels, byte[] Pixels);
}
