using System.Buffers;
using Google.Protobuf;

namespace Distributed.Protocol.Tests;

public sealed class FrameDecoderTests
{
    private readonly ChunkPool _pool = new();

    private FrameDecoder NewDecoder() => new(_ => _pool);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 100)]
    [InlineData(100_000, 7)]
    public void All_samples_are_read_however_their_bytes_come(int step, int segment)
    {
        var bytes = Samples.All.SelectMany(sample => Samples.Delimited(sample.Frame)).ToArray();
        using var decoder = NewDecoder();
        var frames = ByteInput.Feed(decoder, bytes, step, segment);
        Assert.Equal(Samples.All.Select(sample => (sample.Frame.To, sample.Frame.From)), frames.Select(frame => (frame.To, frame.From)));
        foreach (var (sample, frame) in Samples.All.Zip(frames))
        {
            if (frame.Body is TensorChunk chunk)
            {
                Assert.Equal(Samples.Header, chunk.Header);
                Assert.Equal(Samples.Elements, chunk.Data.ToArray());
            }
            else
            {
                Assert.Equal(Samples.Body(sample.Frame), frame.Body);
            }
        }

        Assert.True(decoder.IsAtFrameStart);
    }

    [Fact]
    public void A_payload_is_taken_as_it_comes_and_given_back_if_it_never_ends()
    {
        var header = Samples.Header with { Elements = 1000 };
        var bytes = Samples.Delimited(new Frame { To = "a", Chunk = Samples.Wire(header, new float[1000]) });
        using var decoder = NewDecoder();
        var input = new ReadOnlySequence<byte>(bytes.AsMemory(0, 2000));
        Assert.False(decoder.TryRead(ref input, out _));
        Assert.Equal(0, input.Length);
        Assert.Equal(1, _pool.Lent);
        decoder.Dispose();
        Assert.Equal(0, _pool.Lent);
    }

    [Theory]
    [InlineData(0, 4000)]
    [InlineData(1, 7)]
    [InlineData(3999, 4000)]
    public void Elements_may_be_written_to_their_place_without_passing_through_the_decoder(int before, int step)
    {
        float[] elements = [.. Enumerable.Range(0, 1000).Select(i => i * 0.25f)];
        var bytes = Samples.Delimited(new Frame { To = "a", Chunk = Samples.Wire(Samples.Header with { Elements = 1000 }, elements) });
        var (frame, pieces) = ReadDirect(bytes, bytes.Length - 4000 + before, step);
        Assert.Equal(elements, ((TensorChunk)frame.Body).Data.ToArray());
        Assert.Equal((4000 - before + step - 1) / step, pieces);
        bytes[^(4000 - before)] ^= 0x40;
        Assert.Throws<ProtocolException>(() => ReadDirect(bytes, bytes.Length - 4000 + before, step));
    }

    /// <summary>Gives the decoder the first bytes and writes the others where it says they are missing.</summary>
    private (ReceivedFrame Frame, int Pieces) ReadDirect(byte[] bytes, int first, int step)
    {
        using var decoder = NewDecoder();
        Assert.True(decoder.Missing.IsEmpty);
        var input = new ReadOnlySequence<byte>(bytes.AsMemory(0, first));
        ReceivedFrame frame;
        var pieces = 0;
        for (; !decoder.TryRead(ref input, out frame); pieces++)
        {
            Assert.Equal(bytes.Length - first, decoder.Missing.Length);
            var count = Math.Min(step, bytes.Length - first);
            bytes.AsSpan(first, count).CopyTo(decoder.Missing.Span);
            decoder.Filled(count);
            first += count;
        }

        Assert.True(decoder.IsAtFrameStart && decoder.Missing.IsEmpty);
        return (frame, pieces);
    }

    [Fact]
    public void Fields_nobody_knows_are_passed_over()
    {
        var chunk = Chunk();
        byte[] inChunk = [.. Tag(9, 0), 5, .. Tag(20, 2), 3, 1, 2, 3, .. chunk];
        byte[] head = [.. Tag(1, 2), 1, (byte)'a', .. Tag(2000, 5), 1, 2, 3, 4, .. Tag(40, 1), 1, 2, 3, 4, 5, 6, 7, 8, .. Delimited(63, inChunk)];
        var frame = Samples.WithFront(head, behind: 2 + sizeof(float) * Samples.Elements.Length);
        Assert.Equal(Samples.Elements, ((TensorChunk)Read(frame).Body).Data.ToArray());

        byte[] message = [.. Delimited(19, [.. Tag(1, 0), 9, .. Tag(99, 0), 1]), .. Tag(70, 0), 1];
        var done = Assert.IsType<EvaluationDone>(Read(message).Body);
        Assert.Equal(9u, done.Version);
        Assert.Equal(2, done.CalculateSize());
    }

    public static TheoryData<string, byte[]> Bad => new()
    {
        { "0 bytes", [0] },
        { "too long", [0xFF, 0xFF, 0x7F] },
        { "more than 10 bytes", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "no body", Prefixed([.. Tag(1, 2), 1, (byte)'a']) },
        { "unknown body only", Prefixed(Delimited(50, [1, 2, 3])) },
        { "name of 65", Prefixed([.. Delimited(1, [.. Enumerable.Repeat((byte)'a', 65)]), .. Delimited(19, [])]) },
        { "name with capitals", Prefixed([.. Delimited(1, "A"u8.ToArray()), .. Delimited(19, [])]) },
        { "from before to", Prefixed([.. Delimited(2, "a"u8.ToArray()), .. Delimited(1, "a"u8.ToArray()), .. Delimited(19, [])]) },
        { "to twice", Prefixed([.. Delimited(1, "a"u8.ToArray()), .. Delimited(1, "a"u8.ToArray()), .. Delimited(19, [])]) },
        { "two bodies", Prefixed([.. Delimited(19, []), .. Delimited(4, [])]) },
        { "from behind the body", Prefixed([.. Delimited(19, []), .. Delimited(2, "a"u8.ToArray())]) },
        { "body longer than the frame", Prefixed([.. Tag(19, 2), 50, 0, 0]) },
        { "body as a number", Prefixed([.. Tag(19, 0), 1]) },
        { "group", Prefixed([.. Tag(50, 3), .. Tag(50, 4), .. Delimited(19, [])]) },
        { "field number 0", Prefixed([0, 0, .. Delimited(19, [])]) },
        { "broken message", Prefixed(Delimited(19, [.. Tag(1, 0), 0x80])) },
        { "reason too long", Prefixed(Delimited(7, Delimited(1, new byte[1025]))) },
        { "message too long", Prefixed(Delimited(4, Delimited(9, new byte[300]))) },
        { "too many runs", Prefixed(Delimited(34, Delimited(7, new byte[2 * 4097]))) },
        { "too many blocks", Prefixed(Delimited(35, [.. Enumerable.Repeat(Delimited(2, []), 4097).SelectMany(bytes => bytes)])) },
        { "first shard without a number of shards", Prefixed(Delimited(34, Delimited(7, [0, 4, 8]))) },
        { "endless front", Prefixed([.. Enumerable.Repeat(Delimited(50, new byte[100]), 50).SelectMany(bytes => bytes), .. Delimited(19, [])], cut: 5000) },
        { "chunk not last", Prefixed([.. Delimited(63, Chunk()), .. Tag(70, 0), 1]) },
        { "chunk without kind", Prefixed(Delimited(63, Chunk(kind: 0))) },
        { "chunk of kind 3", Prefixed(Delimited(63, Chunk(kind: 3))) },
        { "chunk without elements", Prefixed(Delimited(63, Chunk(elements: 0))) },
        { "chunk with fewer elements", Prefixed(Delimited(63, Chunk(elements: 2))) },
        { "chunk of too many elements", Prefixed(Delimited(63, Chunk(elements: FrameLimits.MaxChunkElements + 1))) },
        { "chunk with bytes behind its data", Prefixed(Delimited(63, [.. Chunk(), .. Tag(20, 0), 1])) },
        { "chunk with data twice", Prefixed(Delimited(63, [.. Chunk(), .. Tag(15, 2), 0])) },
        { "chunk without a check of its front", Prefixed(Delimited(63, [.. Chunk()[..^19], .. Chunk()[^14..]])) },
        { "chunk without data", Prefixed(Delimited(63, Chunk()[..^14])) },
        { "chunk out of order", Prefixed(Delimited(63, [.. Tag(6, 0), 3, .. Chunk()])) },
        { "chunk with a step beyond 63 bits", Prefixed(Delimited(63, [.. Tag(1, 0), 1, .. Tag(2, 0), .. Enumerable.Repeat((byte)0xFF, 9), 1, .. Chunk(kind: 0)])) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_the_protocol_does_not_allow_is_refused(string what, byte[] bytes)
    {
        foreach (var step in (int[])[1, 13, 100_000])
        {
            using var decoder = NewDecoder();
            var exception = Assert.Throws<ProtocolException>(() => ByteInput.Feed(decoder, bytes, step));
            Assert.True(exception.Message.EndsWith('.'), $"{what}: {exception.Message}");
            Assert.DoesNotContain("damaged", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, _pool.Lent);
    }

    [Theory]
    [InlineData(8194, "Assign.runs may have 8192 entries, but has 8194.")]
    [InlineData(8193, "Assign.runs may have 8192 entries, but has 8193.")]
    [InlineData(3, "Assign.runs must have an even number of entries, but has 3.")]
    [InlineData(1, "Assign.runs must have an even number of entries, but has 1.")]
    public void Runs_of_shards_that_are_too_many_or_lack_a_number_are_refused(int entries, string sentence)
    {
        var frame = Prefixed(Delimited(34, Delimited(7, new byte[entries])));
        using var decoder = NewDecoder();
        Assert.Equal(sentence, Assert.Throws<ProtocolException>(() => ByteInput.Feed(decoder, frame, frame.Length)).Message);
    }

    [Fact]
    public void As_many_runs_of_shards_as_may_be_are_read_however_large_their_numbers_are()
    {
        var most = new Assign { Runs = { Enumerable.Repeat(uint.MaxValue, 2 * FrameLimits.MaxRanges) } };
        Assert.Equal(most, Read(Delimited(34, most.ToByteArray())).Body);
    }

    [Fact]
    public void Any_flipped_bit_is_found_by_the_frames_own_bytes_and_before_a_destination_is_chosen()
    {
        var asked = new List<ChunkHeader>();
        foreach (var (name, frame, _) in Samples.All)
        {
            var bytes = Samples.Delimited(frame);
            for (var bit = 0; bit < 8 * bytes.Length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << bit % 8);
                using (var decoder = new FrameDecoder(_ => new NotingDestination(asked, _pool)))
                {
                    var exception = Assert.Throws<ProtocolException>(() => ByteInput.Feed(decoder, bytes, bytes.Length));
                    Assert.True(exception.Message.EndsWith('.'), $"{name}, bit {bit}: {exception.Message}");
                }

                bytes[bit / 8] ^= (byte)(1 << bit % 8);
            }

            Assert.Single(ByteInput.Feed(NewDecoder(), bytes, bytes.Length));
        }

        Assert.NotEmpty(asked);
        Assert.All(asked, header => Assert.Equal(Samples.Header, header));
    }

    [Fact]
    public void A_flipped_bit_in_a_long_payload_is_found_wherever_it_is()
    {
        var header = Samples.Header with { Elements = 4000 };
        var bytes = Samples.Delimited(new Frame { To = "a", Chunk = Samples.Wire(header, new float[header.Elements]) });
        for (var at = bytes.Length - 1; at > bytes.Length - sizeof(float) * header.Elements; at -= 61)
        {
            bytes[at] ^= 0x10;
            using var decoder = NewDecoder();
            Assert.Contains("checksum", Assert.Throws<ProtocolException>(() => ByteInput.Feed(decoder, bytes, 9000)).Message, StringComparison.Ordinal);
            bytes[at] ^= 0x10;
        }

        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void A_wrong_length_is_refused_before_more_is_waited_for()
    {
        using var decoder = NewDecoder();
        byte[] bytes = [.. Samples.Varint(1_000_000), .. Samples.Delimited(Samples.All[0].Frame)[1..]];
        Assert.Contains("1000000", Assert.Throws<ProtocolException>(() => ByteInput.Feed(decoder, bytes, 1)).Message, StringComparison.Ordinal);
        using var other = NewDecoder();
        bytes = Samples.Delimited([.. Delimited(19, [])], wrongCheck: 1);
        Assert.Contains("damaged", Assert.Throws<ProtocolException>(() => ByteInput.Feed(other, bytes, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_of_another_size_is_a_broken_invariant()
    {
        using var decoder = new FrameDecoder(_ => new WrongDestination());
        Assert.Throws<InvalidOperationException>(
            () => ByteInput.Feed(decoder, Samples.Delimited(Samples.All[^1].Frame), 100));
    }

    private ReceivedFrame Read(byte[] frame)
    {
        using var decoder = NewDecoder();
        return Assert.Single(ByteInput.Feed(decoder, Prefixed(frame), 1));
    }

    private static byte[] Chunk(int kind = 1, int elements = 3)
    {
        var chunk = Samples.Wire(Samples.Header with { Elements = elements }, Samples.Elements);
        chunk.Kind = (Wire.TensorChunk.Types.Kind)kind;
        return chunk.ToByteArray();
    }

    private static byte[] Tag(int field, int type) => Samples.Varint((ulong)(field << 3 | type));

    private static byte[] Delimited(int field, byte[] value) => [.. Tag(field, 2), .. Samples.Varint((ulong)value.Length), .. value];

    private static byte[] Prefixed(byte[] frame, int? cut = null)
    {
        var bytes = Samples.Delimited(frame);
        return bytes[..(cut ?? bytes.Length)];
    }

    private sealed class NotingDestination(List<ChunkHeader> asked, ChunkPool pool) : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header)
        {
            asked.Add(header);
            return pool.Rent(header);
        }
    }

    private sealed class WrongDestination : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, new float[1]);
    }
}
