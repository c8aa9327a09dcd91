using System.IO.Compression;
using Distributed.Engine.Data;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Two images of 2x3.</summary>
    private static readonly byte[] Good = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_good_file_is_read(bool zipped)
    {
        var contents = IdxFile.Read(_folder.Write("a", zipped ? Zip(Good) : Good));
        Assert.Equal([2, 2, 3], contents.Extents);
        Assert.Equal(Good[16..], contents.Data);
    }

    [Theory]
    [InlineData("not idx", "00010803", "got 00010803")]
    [InlineData("floats", "00000d03", "type 0x08 (unsigned byte) are wanted, got type 0x0d")]
    [InlineData("no dimension", "00000800", "1 to 8 dimensions are wanted, got 0")]
    [InlineData("many dimensions", "000008ff", "1 to 8 dimensions are wanted, got 255")]
    [InlineData("zero extent", "0000080200000002" + "00000000", "extent 1 is 0")]
    [InlineData("negative extent", "0000080180000000", "extent 0 is 2147483648")]
    [InlineData("huge", "00000803" + "7fffffff7fffffff7fffffff", "more than 2147483591 elements")]
    [InlineData("declares more than it holds", "0000080170000000" + "01", "declares [1879048192] = 1879048192 elements")]
    [InlineData("magic only", "00000803", "ends in its header")]
    [InlineData("empty", "", "ends in its header")]
    public void Bad_headers_are_met_with_a_sentence(string name, string hex, string sentence)
    {
        foreach (var zipped in new[] { false, true })
        {
            var bytes = Convert.FromHexString(hex);
            var path = _folder.Write($"{name} {zipped}", zipped ? Zip(bytes) : bytes);
            var error = Assert.Throws<DataException>(() => IdxFile.Read(path));
            Assert.StartsWith(path, error.Message);
            Assert.Contains(sentence, error.Message);
        }
    }

    [Fact]
    public void A_large_claim_takes_no_memory()
    {
        var path = _folder.Write("claim", Zip(Convert.FromHexString("000008017000000001")));
        Assert.Throws<DataException>(() => IdxFile.Read(path)); // warms up
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => IdxFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_found(bool zipped)
    {
        var whole = zipped ? Zip(Good) : Good;
        // Cut behind the last element (in gzip's end mark, checksum and length) the elements are all there still.
        var lastElement = whole.Length - (zipped ? 9 : 0);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("cut", whole[..length]);
            if (length < lastElement)
                Assert.StartsWith(path, Assert.Throws<DataException>(() => IdxFile.Read(path)).Message);
            else
                Assert.Equal(Good[16..], IdxFile.Read(path).Data);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trailing_bytes_are_refused(bool zipped)
    {
        byte[] longer = [.. Good, 0];
        var path = _folder.Write("long", zipped ? Zip(longer) : longer);
        Assert.Contains("bytes follow the 12 elements", Assert.Throws<DataException>(() => IdxFile.Read(path)).Message);
    }

    [Fact]
    public void Flipped_bytes_of_a_gzip_file_never_give_other_data()
    {
        var whole = Zip(Good);
        var refused = 0;
        for (var i = 0; i < whole.Length; i++)
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])whole.Clone();
                damaged[i] ^= (byte)(1 << bit);
                var path = _folder.Write("flipped", damaged);
                try
                {
                    Assert.Equal(Good[16..], IdxFile.Read(path).Data);
                }
                catch (DataException)
                {
                    refused++;
                }
            }
        Assert.InRange(refused, whole.Length * 4, whole.Length * 8);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_met_with_a_sentence()
    {
        Assert.Contains("cannot be read", Assert.Throws<DataException>(() => IdxFile.Read(_folder.File("none"))).Message);
        Assert.Contains("cannot be read", Assert.Throws<DataException>(() => IdxFile.Read(_folder.Path)).Message);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        const ulong seed = 12;
        var random = new RandomStream(seed, RandomPurpose.Test);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.NextInt(64)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.NextInt(256);
            if (round % 2 == 0) Good.AsSpan(0, Math.Min(4, bytes.Length)).CopyTo(bytes);
            var path = _folder.Write("random", bytes);
            var error = Record.Exception(() => IdxFile.Read(path));
            Assert.True(error is DataException, $"seed {seed}, round {round}: {Convert.ToHexString(bytes)} gave {error}");
        }
    }

    internal static byte[] Zip(byte[] bytes)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal)) gzip.Write(bytes);
        // GZipStream writes nothing at all for nothing; an empty file is then no gzip file, which is as good a case.
        return zipped.ToArray();
    }
}
