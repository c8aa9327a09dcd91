using Google.Protobuf;

namespace Distributed.Protocol.Tests;

public sealed class ClusterCodecTests
{
    private static readonly ChunkPool Pool = new();

    private static readonly NumberedHead Head = new(0xFEDCBA9876543210, 300, "127.0.0.1:5000");

    private static TensorChunk Chunk => new(new ChunkHeader(ChunkKind.Weights, 3, 1, 0, 0, 5), new float[] { 1, -2, 0.5f, float.NaN, 4 });

    [Fact]
    public void A_message_comes_back_with_its_head()
    {
        var (head, body) = ClusterCodec.DecodeNumbered(ClusterCodec.Encode(Head, new Finish { Reason = "done" }), Pool);
        Assert.Equal(Head, head);
        Assert.Equal(new Finish { Reason = "done" }, body);
        Assert.Equal(new Finish { Reason = "done" }, ClusterCodec.Decode(ClusterCodec.Encode(new Finish { Reason = "done" }), Pool));
    }

    [Fact]
    public void A_chunk_comes_back_to_the_bit()
    {
        var (head, body) = ClusterCodec.DecodeNumbered(ClusterCodec.Encode(Head, Chunk), Pool);
        var chunk = Assert.IsType<TensorChunk>(body);
        Assert.Equal(Head, head);
        Assert.Equal(Chunk.Header, chunk.Header);
        Assert.Equal(Chunk.Data.ToArray().Select(BitConverter.SingleToInt32Bits), chunk.Data.ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    /// <summary>What is written by hand is what the generated class reads, and the other way round.</summary>
    [Fact]
    public void Any_protobuf_library_reads_it()
    {
        var parsed = Numbered.Parser.ParseFrom(ClusterCodec.Encode(Head, Chunk));
        Assert.Equal((Head.Conversation, Head.Number, Head.DataPlane), (parsed.Conversation, parsed.Number, parsed.DataPlane));
        Assert.Equal(ClusterCodec.Encode(Chunk), parsed.Frame.ToByteArray());
        Assert.Equal(Head, ClusterCodec.DecodeNumbered(parsed.ToByteArray(), Pool).Head);
    }

    /// <summary>Each byte of a message changed, and each beginning of it: refused, or read as a head whose frame is whole.</summary>
    [Fact]
    public void Damage_is_refused()
    {
        var whole = ClusterCodec.Encode(Head, Chunk);
        var frame = whole.Length - ClusterCodec.Encode(Chunk).Length;
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ProtocolException>(() => ClusterCodec.DecodeNumbered(whole.AsMemory(0, length), Pool));
        for (var at = frame; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            Assert.Throws<ProtocolException>(() => ClusterCodec.DecodeNumbered(damaged, Pool));
        }

        Assert.Throws<ProtocolException>(() => ClusterCodec.DecodeNumbered((byte[])[.. whole, 0], Pool));
        Assert.Throws<ProtocolException>(() => ClusterCodec.DecodeNumbered(new Numbered { DataPlane = new string('x', 129), Frame = ByteString.CopyFrom(ClusterCodec.Encode(Chunk)) }.ToByteArray(), Pool));
    }
}
