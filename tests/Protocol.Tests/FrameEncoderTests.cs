using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Distributed.Protocol.Tests;

public sealed class FrameEncoderTests
{
    public static TheoryData<string> Names => [.. Samples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_are_the_golden_ones_and_those_of_the_generated_code(string name)
    {
        var (_, frame, golden) = Samples.All.Single(sample => sample.Name == name);
        var output = new ArrayBufferWriter<byte>();
        var written = FrameEncoder.Write(output, frame.To, frame.From, Samples.Body(frame));
        Assert.Equal(golden, Convert.ToHexStringLower(output.WrittenSpan[^(golden.Length / 2)..]));
        Assert.Equal(Convert.ToHexStringLower(Samples.Delimited(frame)), Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, written);
    }

    [Fact]
    public void Length_and_checks_stand_in_front()
    {
        var output = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(output, "", "", new Heartbeat { Sequence = 300 });
        const string length = "0f", again = "750f000000", check = "7dae6066c2", heartbeat = "220308ac02";
        Assert.Equal(length + again + check + heartbeat, Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void Every_type_of_the_table_has_a_sample()
    {
        var sampled = Samples.All.Select(sample => Samples.Body(sample.Frame).GetType()).ToHashSet();
        Assert.Superset(MessageTable.Types.Append(typeof(TensorChunk)).ToHashSet(), sampled);
        Assert.Equal(Enum.GetValues<Frame.BodyOneofCase>().Length - 1, sampled.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(4096)]
    [InlineData(FrameLimits.MaxChunkElements)]
    public void A_chunk_is_what_the_generated_code_reads_and_writes(int elements)
    {
        var data = Enumerable.Range(0, elements).Select(i => BitConverter.Int32BitsToSingle(i * 7919)).ToArray();
        var header = new ChunkHeader(ChunkKind.Weights, 0, 0, 0, 0, elements);
        var output = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(output, "a", "b", new TensorChunk(header, data));
        var frame = new Frame { To = "a", From = "b", Chunk = Samples.Wire(header, data) };
        Assert.True(output.WrittenSpan.SequenceEqual(Samples.Delimited(frame)));
        var read = Frame.Parser.ParseDelimitedFrom(new MemoryStream(output.WrittenSpan.ToArray()));
        Assert.Equal(output.WrittenCount, Samples.Varint(read.Length).Length + (int)read.Length);
        var head = new ArrayBufferWriter<byte>();
        Assert.Equal(output.WrittenCount, FrameEncoder.WriteHead(head, "a", "b", new TensorChunk(header, data)) + sizeof(float) * elements);
        Assert.True(output.WrittenSpan.StartsWith(head.WrittenSpan));
        frame.MergeFrom(new Frame { Length = read.Length, Check = read.Check, Chunk = new Wire.TensorChunk { Front = read.Chunk.Front } });
        Assert.Equal(frame, read);
    }

    [Fact]
    public void Swapped_elements_are_the_reversed_bytes()
    {
        int[] elements = [.. Enumerable.Range(0, 1000).Select(i => i * 1_000_003)];
        var output = new ArrayBufferWriter<byte>(16);
        FrameEncoder.WriteSwapped(output, elements);
        var expected = MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();
        for (var i = 0; i < expected.Length; i += 4)
        {
            Array.Reverse(expected, i, 4);
        }

        Assert.Equal(expected, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Sentences_are_cut_to_their_bound()
    {
        var original = new WorkFailed { Reason = new string('é', 4000), Input = true };
        var sent = Assert.IsType<WorkFailed>(MessageTable.Prepare(original));
        Assert.Equal(4000, original.Reason.Length);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(sent.Reason), FrameLimits.MaxReasonBytes - 1, FrameLimits.MaxReasonBytes);
        Assert.EndsWith("é…", sent.Reason, StringComparison.Ordinal);
        Assert.True(sent.Input);
    }

    public static TheoryData<object> Unsendable =>
    [
        "a string",
        new Range(),
        new Welcome { Job = new string('x', FrameLimits.MaxJobBytes + 1) },
        new Ready { JobFingerprint = ByteString.CopyFrom(new byte[33]) },
        new Assign { Runs = { new uint[2 * (FrameLimits.MaxRanges + 1)] } },
        new Assign { Runs = { 0, 4, 8 } },
        new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, 0, 0, 0, 3), new float[2]),
        new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, 0, 0, 0, 0), Array.Empty<float>()),
        new TensorChunk(new ChunkHeader(ChunkKind.Weights, -1, 0, 0, 0, 1), new float[1]),
        new TensorChunk(new ChunkHeader(0, 0, 0, 0, 0, 1), new float[1]),
    ];

    [Theory]
    [MemberData(nameof(Unsendable))]
    public void What_a_receiver_would_refuse_is_refused_at_once(object message) =>
        Assert.Throws<ArgumentException>(() => MessageTable.Prepare(message));
}
