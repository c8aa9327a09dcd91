using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Distributed.Protocol;

/// <summary>What stands in front of a message between two actors of a cluster; see cluster.proto.</summary>
/// <param name="DataPlane">HOST:PORT, at most <see cref="FrameLimits.MaxPeerNameBytes"/>; empty: none.</param>
public readonly record struct NumberedHead(ulong Conversation, ulong Number, string DataPlane = "");

/// <summary>Payloads of messages between hosts of a cluster: whole ones, in arrays of exactly their length, as Akka.Remote takes and gives them.</summary>
public static class ClusterCodec
{
    /// <summary>Bytes in front of a frame at most.</summary>
    private const int MaxHeadBytes = 1 + sizeof(ulong) + 11 + 2 + FrameLimits.MaxPeerNameBytes + 6;

    /// <summary>Bytes of a payload at most.</summary>
    public const int MaxBytes = MaxHeadBytes + 5 + FrameLimits.MaxFrameBytes;

    /// <summary>A frame without names. A chunk's elements are copied once, and it isn't released.</summary>
    /// <param name="body">A message that <see cref="MessageTable.Prepare"/> has let through.</param>
    public static byte[] Encode(object body)
    {
        var front = Front(body, out var elements);
        return Join(default, front, elements);
    }

    /// <summary>A <see cref="Numbered"/> with such a frame.</summary>
    public static byte[] Encode(in NumberedHead head, object body)
    {
        var front = Front(body, out var elements);
        Span<byte> bytes = stackalloc byte[MaxHeadBytes];
        var position = 0;
        bytes[position++] = (byte)WireFormat.Tag(Numbered.ConversationFieldNumber, WireFormat.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[position..], head.Conversation);
        position += sizeof(ulong);
        bytes[position++] = (byte)WireFormat.Tag(Numbered.NumberFieldNumber, WireFormat.Varint);
        WireFormat.PutVarint(bytes, ref position, head.Number);
        if (head.DataPlane.Length > 0)
        {
            bytes[position++] = (byte)WireFormat.Tag(Numbered.DataPlaneFieldNumber, WireFormat.Delimited);
            WireFormat.PutVarint(bytes, ref position, (ulong)head.DataPlane.Length);
            position += Encoding.ASCII.GetBytes(head.DataPlane, bytes[position..]);
        }

        bytes[position++] = (byte)WireFormat.Tag(Numbered.FrameFieldNumber, WireFormat.Delimited);
        WireFormat.PutVarint(bytes, ref position, (ulong)(front.WrittenCount + elements.Length));
        return Join(bytes[..position], front, elements);
    }

    /// <summary>Reads a frame without names that fills <paramref name="bytes"/>.</summary>
    /// <param name="chunks">Where a chunk is written.</param>
    /// <exception cref="ProtocolException">The bytes are no such frame.</exception>
    public static object Decode(ReadOnlyMemory<byte> bytes, IChunkDestination chunks)
    {
        using var decoder = new FrameDecoder(_ => chunks);
        var input = new ReadOnlySequence<byte>(bytes);
        if (!decoder.TryRead(ref input, out var frame) || !input.IsEmpty)
        {
            (frame.Body as IReleasable)?.Release();
            throw new ProtocolException($"A message of {bytes.Length} bytes carries no frame that fills it.");
        }

        if (frame.To.Length > 0 || frame.From.Length > 0)
        {
            (frame.Body as IReleasable)?.Release();
            throw new ProtocolException("A frame in a cluster names actors, where references lead.");
        }

        return frame.Body;
    }

    /// <summary>Reads a <see cref="Numbered"/> that fills <paramref name="bytes"/>.</summary>
    /// <exception cref="ProtocolException">The bytes are none.</exception>
    public static (NumberedHead Head, object Body) DecodeNumbered(ReadOnlyMemory<byte> bytes, IChunkDestination chunks)
    {
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(bytes));
        var (conversation, number, plane) = (0ul, 0ul, "");
        var last = 0;
        while (WireFormat.TryReadVarint(ref reader, out var tag))
        {
            var (field, type) = FrameDecoder.Split(tag);
            if (field <= last) throw new ProtocolException($"Field {field} of a numbered message stands after field {last}; each may come once, in order.");
            last = field;
            switch (field, type)
            {
                case (Numbered.ConversationFieldNumber, WireFormat.Fixed64) when reader.TryReadLittleEndian(out long bits):
                    conversation = (ulong)bits;
                    break;
                case (Numbered.NumberFieldNumber, WireFormat.Varint) when WireFormat.TryReadVarint(ref reader, out number):
                    break;
                case (Numbered.DataPlaneFieldNumber, WireFormat.Delimited) when WireFormat.TryReadVarint(ref reader, out var length):
                    if (length > FrameLimits.MaxPeerNameBytes || (long)length > reader.Remaining)
                        throw new ProtocolException($"Numbered.data_plane may have {FrameLimits.MaxPeerNameBytes} bytes, but has {length}.");
                    plane = Encoding.ASCII.GetString(reader.UnreadSequence.Slice(0, (long)length));
                    reader.Advance((long)length);
                    break;
                case (Numbered.FrameFieldNumber, WireFormat.Delimited) when WireFormat.TryReadVarint(ref reader, out var length):
                    if ((long)length != reader.Remaining)
                        throw new ProtocolException($"A frame of {length} bytes should end its message, of which {reader.Remaining} are left.");
                    return (new NumberedHead(conversation, number, plane), Decode(bytes[(int)reader.Consumed..], chunks));
                default:
                    throw new ProtocolException($"Field {field} of wire type {type} is none of a numbered message's, or ends too soon.");
            }
        }

        throw new ProtocolException("A numbered message carries no frame.");
    }

    /// <summary>All that stands in front of a chunk's elements, or the whole frame of another message.</summary>
    private static ArrayBufferWriter<byte> Front(object body, out ReadOnlySpan<byte> elements)
    {
        var front = new ArrayBufferWriter<byte>(256);
        elements = default;
        if (body is TensorChunk chunk && BitConverter.IsLittleEndian)
        {
            FrameEncoder.WriteHead(front, "", "", chunk);
            elements = MemoryMarshal.AsBytes(chunk.Data.Span);
        }
        else
        {
            FrameEncoder.Write(front, "", "", body);
        }

        return front;
    }

    private static byte[] Join(ReadOnlySpan<byte> head, ArrayBufferWriter<byte> front, ReadOnlySpan<byte> elements)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(head.Length + front.WrittenCount + elements.Length);
        head.CopyTo(bytes);
        front.WrittenSpan.CopyTo(bytes.AsSpan(head.Length));
        elements.CopyTo(bytes.AsSpan(head.Length + front.WrittenCount));
        return bytes;
    }
}
