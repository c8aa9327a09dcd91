using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Checkpoints;

public sealed class SafeTensorsFileTests : IDisposable
{
    private static readonly Dictionary<string, string> Metadata = new() { ["zeta"] = "1", ["alpha"] = "ü\n\"" };

    private static readonly SafeTensor[] Tensors =
    [
        new("b", new Shape(2, 3), new float[] { 1, -2, 3.5f, -0f, float.NaN, float.Epsilon }),
        new("a", new Shape(), new float[] { 42 }),
        new("ü \"quoted\"", new Shape(1), new float[] { float.NegativeInfinity }),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("a.safetensors");

    [Fact]
    public void Tensors_and_metadata_come_back()
    {
        SafeTensorsFile.Write(Path, Tensors, Metadata);
        var contents = SafeTensorsFile.Read(Path, requireChecksums: true);
        Assert.True(contents.Verified);
        Assert.Equal(Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), contents.Metadata);
        Assert.Equal(Tensors.Select(tensor => (tensor.Name, tensor.Shape)), contents.Tensors.Select(tensor => (tensor.Name, tensor.Shape)));
        foreach (var (wanted, got) in Tensors.Zip(contents.Tensors)) AssertBits.Equal(wanted.Data.Span, got.Data.Span);
        Assert.Equal(42, contents.Find("a")!.Data.Span[0]);
        Assert.Null(contents.Find("c"));
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    /// <summary>Reads the file as the format's description says, without our reader.</summary>
    [Fact]
    public void The_file_is_as_the_format_says()
    {
        SafeTensorsFile.Write(Path, Tensors, Metadata);
        var bytes = File.ReadAllBytes(Path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal((byte)'{', bytes[8]);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, length));
        var b = json.RootElement.GetProperty("b");
        Assert.Equal("F32", b.GetProperty("dtype").GetString());
        Assert.Equal("[2,3]", b.GetProperty("shape").GetRawText());
        Assert.Equal("[0,24]", b.GetProperty("data_offsets").GetRawText());
        Assert.Equal("[]", json.RootElement.GetProperty("a").GetProperty("shape").GetRawText());
        Assert.Equal(["__metadata__", "b", "a", "ü \"quoted\""], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.All(json.RootElement.GetProperty("__metadata__").EnumerateObject(), pair => Assert.Equal(JsonValueKind.String, pair.Value.ValueKind));
        Assert.Equal(3.5f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length + 8)));
        Assert.Equal(8 + length + 32, bytes.Length);
    }

    [Fact]
    public void The_same_contents_give_the_same_bytes()
    {
        SafeTensorsFile.Write(Path, Tensors, Metadata);
        var other = _folder.File("other");
        SafeTensorsFile.Write(other, Tensors, Metadata.Reverse().ToDictionary());
        Assert.Equal(File.ReadAllBytes(Path), File.ReadAllBytes(other));
    }

    [Fact]
    public void A_file_of_another_program_is_read_without_checksums()
    {
        var path = Raw("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"s":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} """, 12);
        var contents = SafeTensorsFile.Read(path);
        Assert.False(contents.Verified);
        Assert.Equal(["s", "t"], contents.Tensors.Select(tensor => tensor.Name));
        Assert.Contains("\"sha256\" and \"header_sha256\" are wanted",
            Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(path, requireChecksums: true)).Message);
    }

    [Theory]
    [InlineData("[]", 0, "the header is a JSON object")]
    [InlineData("{", 0, "the header is not JSON")]
    [InlineData("", 0, "the header is not JSON")]
    [InlineData("""{"t":1}""", 0, "wants dtype, shape and data_offsets")]
    [InlineData("""{"t":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "has elements of type F16; only F32 is read")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "has 8 bytes, its data_offsets [0, 4] hold 4")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "are a begin and an end")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "are a begin and an end")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "are a begin and an end")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,1e300]}}""", 4, "holds whole numbers, got 1e300")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at byte 4 of the data, 0 is wanted")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "without holes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "without overlap")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "names \"t\" twice")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "truncated: the header wants 4 bytes of data, 3 are there")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "1 bytes follow the 4 bytes of data")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "extents of at least 1")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4, "extents of at least 1")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "9 dimensions; at most 8")]
    [InlineData("""{"t":{"dtype":"F32","shape":[536870912],"data_offsets":[0,2147483648]}}""", 4, "truncated: the header wants 2147483648 bytes")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ is a JSON object")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "metadata \"a\" is a string")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "metadata \"a\" stands there twice")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", 0, "a text that is not Unicode")]
    public void Headers_that_cannot_be_are_met_with_a_sentence(string header, int dataBytes, string sentence)
    {
        var path = Raw(header, dataBytes);
        var error = Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(sentence, error.Message);
    }

    [Fact]
    public void A_header_length_beyond_bound_or_file_is_refused_unread()
    {
        Assert.Contains("at most 16777216 are read", Message([0, 0, 0, 0, 0, 0, 0, 0x80, (byte)'{']));
        Assert.Contains("at most 16777216 are read", Message([1, 0, 0, 1, 0, 0, 0, 0, (byte)'{']));
        Assert.Contains("16777216 bytes is declared, 1 are there", Message([0, 0, 0, 1, 0, 0, 0, 0, (byte)'{']));
        Assert.Contains("begins with 8 bytes, got 7", Message(new byte[7]));
        string Message(byte[] bytes) => Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(_folder.Write("h", bytes))).Message;
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        SafeTensorsFile.Write(Path, Tensors, Metadata);
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(_folder.Write("cut", whole[..length])));
        Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(_folder.Write("long", [.. whole, 0])));
    }

    /// <summary>A flipped bit is found, or changes nothing (another writing of the same JSON).</summary>
    [Fact]
    public void Every_flipped_bit_is_found_or_means_nothing()
    {
        SafeTensorsFile.Write(Path, Tensors, Metadata);
        var whole = File.ReadAllBytes(Path);
        var dataBegin = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        var (found, meaningless) = (0, 0);
        for (var i = 0; i < whole.Length; i++)
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])whole.Clone();
                damaged[i] ^= (byte)(1 << bit);
                try
                {
                    var contents = SafeTensorsFile.Read(_folder.Write("flipped", damaged), requireChecksums: true);
                    Assert.InRange(i, 8, dataBegin - 1);
                    Assert.Equal(Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), contents.Metadata);
                    Assert.Equal(Tensors.Select(tensor => (tensor.Name, tensor.Shape)), contents.Tensors.Select(tensor => (tensor.Name, tensor.Shape)));
                    meaningless++;
                }
                catch (CheckpointException)
                {
                    found++;
                }
            }
        Assert.InRange(meaningless, 0, whole.Length / 10);
        Assert.True(found > 7 * whole.Length, $"{found} found of {8 * whole.Length}, {meaningless} mean nothing");
    }

    [Fact]
    public void Random_headers_never_do_anything_but_be_refused()
    {
        const ulong seed = 77;
        var random = new RandomStream(seed, RandomPurpose.Test);
        const string alphabet = """{}[]",:0149-.eE\u"dtype""F32""shape""data_offsets""__metadata__" """;
        for (var round = 0; round < 500; round++)
        {
            var text = new StringBuilder("{");
            for (var i = random.NextInt(40); i > 0; i--) text.Append(alphabet[random.NextInt(alphabet.Length)]);
            var error = Record.Exception(() => SafeTensorsFile.Read(Raw(text.ToString(), random.NextInt(9)), requireChecksums: true));
            Assert.True(error is CheckpointException, $"seed {seed}, round {round}: {text} gave {error}");
        }
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Write(Tensors[0], Tensors[0]));
        Assert.Throws<ArgumentException>(() => Write(new SafeTensor("x", new Shape(2), new float[3])));
        Assert.Throws<ArgumentException>(() => Write(new SafeTensor("__metadata__", new Shape(1), new float[1])));
        Assert.Throws<ArgumentException>(() => SafeTensorsFile.Write(Stream.Null, [], new Dictionary<string, string> { ["sha256"] = "" }));
        Assert.ThrowsAny<ArgumentException>(() => SafeTensorsFile.Write(Stream.Null, [], new Dictionary<string, string> { ["a"] = "\ud800" }));
        static void Write(params SafeTensor[] tensors) => SafeTensorsFile.Write(Stream.Null, tensors, Metadata);
    }

    [Fact]
    public void A_missing_file_and_a_missing_folder_are_met_with_a_sentence()
    {
        Assert.Contains("cannot be read", Assert.Throws<CheckpointException>(() => SafeTensorsFile.Read(_folder.File("none"))).Message);
        Assert.Contains("cannot be written", Assert.Throws<CheckpointException>(
            () => SafeTensorsFile.Write(_folder.File("none/a"), Tensors, Metadata)).Message);
    }

    private string Raw(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return _folder.Write("raw", bytes);
    }
}
