using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace Distributed.Protocol;

/// <summary>Writes frames: the same bytes as the generated Frame class with its length in front.</summary>
public static class FrameEncoder
{
    /// <summary>Bytes of a frame's length, names, and the tag and length of its body, at most.</summary>
    private const int MaxHeadBytes = 5 + 2 * (2 + FrameLimits.MaxActorNameBytes) + 7;

    /// <summary>Writes one frame. A chunk's elements are copied once, into the output; it isn't released here.</summary>
    /// <param name="to">Name of an actor there, or empty.</param>
    /// <param name="from">Name of an actor here, or empty.</param>
    /// <param name="body">A message that <see cref="MessageTable.Prepare"/> has let through.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, string to, string from, object body) =>
        body is TensorChunk chunk ? WriteChunk(output, to, from, chunk) : WriteMessage(output, to, from, (IMessage)body);

    private static int WriteMessage(IBufferWriter<byte> output, string to, string from, IMessage body)
    {
        var entry = MessageTable.Find(body.GetType()) ?? throw new ArgumentException($"{body.GetType()} is not in the table.");
        var size = body.CalculateSize();
        var head = WriteHead(output.GetSpan(MaxHeadBytes), to, from, entry.Number, size, out var frame);
        output.Advance(head);
        body.WriteTo(output);
        return frame;
    }

    private static int WriteChunk(IBufferWriter<byte> output, string to, string from, TensorChunk chunk)
    {
        Span<byte> fields = stackalloc byte[ChunkHead.MaxBytes];
        fields = fields[..ChunkHead.Write(fields, chunk.Header)];
        var payload = MemoryMarshal.AsBytes(chunk.Data.Span);
        var bytes = output.GetSpan(MaxHeadBytes + ChunkHead.MaxBytes);
        var head = WriteHead(bytes, to, from, MessageTable.ChunkNumber, fields.Length + payload.Length, out var frame);
        fields.CopyTo(bytes[head..]);
        output.Advance(head + fields.Length);
        if (BitConverter.IsLittleEndian)
        {
            output.Write(payload);
        }
        else
        {
            WriteSwapped(output, MemoryMarshal.Cast<float, int>(chunk.Data.Span));
        }

        return frame;
    }

    /// <summary>Writes everything in front of the body; returns its bytes, and those of the whole frame with its length prefix.</summary>
    private static int WriteHead(Span<byte> bytes, string to, string from, int number, int bodySize, out int frame)
    {
        var tag = WireFormat.Tag(number, WireFormat.Delimited);
        var size = NameSize(to) + NameSize(from) + WireFormat.VarintSize(tag) + WireFormat.VarintSize((ulong)bodySize) + bodySize;
        if (size > FrameLimits.MaxFrameBytes)
        {
            throw new ArgumentException($"A frame may have {FrameLimits.MaxFrameBytes} bytes, but this one would have {size}.");
        }

        var position = 0;
        WireFormat.PutVarint(bytes, ref position, (ulong)size);
        frame = position + size;
        PutName(bytes, ref position, Frame.ToFieldNumber, to);
        PutName(bytes, ref position, Frame.FromFieldNumber, from);
        WireFormat.PutVarint(bytes, ref position, tag);
        WireFormat.PutVarint(bytes, ref position, (ulong)bodySize);
        return position;
    }

    /// <summary>Names are ASCII, at most <see cref="FrameLimits.MaxActorNameBytes"/>; an empty one is left out.</summary>
    private static int NameSize(string name) => name.Length switch
    {
        0 => 0,
        <= FrameLimits.MaxActorNameBytes => 2 + name.Length,
        _ => throw new ArgumentException($"The actor's name \"{name}\" is longer than {FrameLimits.MaxActorNameBytes}."),
    };

    private static void PutName(Span<byte> bytes, ref int position, int field, string name)
    {
        if (name.Length > 0)
        {
            bytes[position++] = (byte)WireFormat.Tag(field, WireFormat.Delimited);
            bytes[position++] = (byte)name.Length;
            position += Encoding.ASCII.GetBytes(name, bytes[position..]);
        }
    }

    /// <summary>For machines whose floats lie the other way round.</summary>
    internal static void WriteSwapped(IBufferWriter<byte> output, ReadOnlySpan<int> elements)
    {
        while (!elements.IsEmpty)
        {
            var target = MemoryMarshal.Cast<byte, int>(output.GetSpan(sizeof(int)));
            var count = Math.Min(target.Length, elements.Length);
            BinaryPrimitives.ReverseEndianness(elements[..count], target[..count]);
            output.Advance(sizeof(int) * count);
            elements = elements[count..];
        }
    }
}
