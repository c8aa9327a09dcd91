using System.Buffers.Binary;
using System.Text;
using Distributed.Engine.Checkpoints;

namespace Distributed.Engine.Tests.Checkpoints;

/// <summary>safetensors files as other programs write them.</summary>
public sealed class ForeignTensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_of_other_types_become_float32()
    {
        byte[] doubles = new byte[16], halves = new byte[4], brains = new byte[4], floats = new byte[4];
        BinaryPrimitives.WriteDoubleLittleEndian(doubles, 0.1);
        BinaryPrimitives.WriteDoubleLittleEndian(doubles.AsSpan(8), -2);
        BinaryPrimitives.WriteHalfLittleEndian(halves, (Half)0.1f);
        BinaryPrimitives.WriteHalfLittleEndian(halves.AsSpan(2), Half.Epsilon);
        BinaryPrimitives.WriteUInt16LittleEndian(brains, 0x3f80);
        BinaryPrimitives.WriteUInt16LittleEndian(brains.AsSpan(2), 0xc049);
        BinaryPrimitives.WriteSingleLittleEndian(floats, 7.5f);
        var path = Write(("F64", "[2]", doubles), ("F16", "[2]", halves), ("BF16", "[2]", brains), ("F32", "[]", floats));

        var tensors = SafeTensorsFile.ReadForeign(path);

        Assert.Equal(["F64", "F16", "BF16", "F32"], tensors.Select(tensor => tensor.Type));
        Assert.Equal([0.1f, -2f], tensors[0].Data!);
        Assert.Equal([0.0999755859375f, 5.9604645E-08f], tensors[1].Data!);
        Assert.Equal([1f, -3.140625f], tensors[2].Data!);
        Assert.Equal([7.5f], tensors[3].Data!);
        Assert.Equal([new Shape(2), new Shape(2), new Shape(2), new Shape()], tensors.Select(tensor => tensor.Shape));
    }

    [Fact]
    public void Many_numbers_come_whole()
    {
        var bytes = new byte[2 * 100_001];
        for (var i = 0; i < 100_001; i++) BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), (Half)(i % 1000));
        var tensor = Assert.Single(SafeTensorsFile.ReadForeign(Write(("F16", "[100001]", bytes))));
        Assert.Equal(Enumerable.Range(0, 100_001).Select(i => (float)(i % 1000)), tensor.Data!);
    }

    [Fact]
    public void What_stands_between_of_a_type_that_is_not_read_is_passed_over()
    {
        var tensors = SafeTensorsFile.ReadForeign(Write(("F32", "[1]", [0, 0, 128, 63]), ("I64", "[]", new byte[8]), ("F32", "[1]", [0, 0, 0, 64])));
        Assert.Equal([1f], tensors[0].Data!);
        Assert.Null(tensors[1].Data);
        Assert.Equal([2f], tensors[2].Data!);
    }

    [Theory]
    [InlineData("F16", "[2]", 3, "has 4 bytes, its data_offsets [0, 3] hold 3")]
    [InlineData("F64", "[200000000000]", 8, "extents of at least 1")]
    [InlineData("F32", "[0]", 0, "extents of at least 1")]
    public void What_does_not_fit_is_refused(string type, string shape, int bytes, string message) =>
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => SafeTensorsFile.ReadForeign(Write((type, shape, new byte[bytes])))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_cut_is_refused_before_memory_is_taken()
    {
        var header = """{"t0":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]}}""";
        var before = GC.GetAllocatedBytesForCurrentThread();

        var wrong = Assert.Throws<CheckpointException>(() => SafeTensorsFile.ReadForeign(_folder.Write("a.safetensors", File(header, new byte[100]))));

        Assert.Contains("truncated: the header wants 2000000000 bytes of data, 100 are there", wrong.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.Contains("cannot be read", Assert.Throws<CheckpointException>(() => SafeTensorsFile.ReadForeign(_folder.File("none"))).Message, StringComparison.Ordinal);

    private string Write(params (string Type, string Shape, byte[] Data)[] tensors)
    {
        var (entries, end) = (new List<string>(), 0);
        for (var i = 0; i < tensors.Length; i++)
        {
            var begin = end;
            end += tensors[i].Data.Length;
            entries.Add($$"""  "t{{i}}":{"dtype":"{{tensors[i].Type}}","shape":{{tensors[i].Shape}},"data_offsets":[{{begin}},{{end}}]}  """);
        }
        return _folder.Write("a.safetensors", File($"{{{string.Join(',', entries)}}}", [.. tensors.SelectMany(tensor => tensor.Data)]));
    }

    private static byte[] File(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
