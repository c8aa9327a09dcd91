using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace Distributed.Protocol;

/// <summary>Writes frames: the fields of the generated Frame class, length and checksum in front, the frame's length before all.</summary>
public static class FrameEncoder
{
    /// <summary>Bytes of a frame's length, checks, names, and the tag and length of its body, at most.</summary>
    private const int MaxHeadBytes = 5 + FrameCheck.Bytes + 2 * (2 + FrameLimits.MaxActorNameBytes) + 7;

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
        var bytes = output.GetSpan(MaxHeadBytes + size);
        var checks = WriteHead(bytes, to, from, entry.Number, size, out var head, out var length);
        body.WriteTo(bytes.Slice(head, size));
        var frame = head + size;
        FrameCheck.Write(bytes[checks..], length, Crc32C.Of(bytes[(checks + FrameCheck.Bytes)..frame]));
        output.Advance(frame);
        return frame;
    }

    /// <summary>Writes everything of a chunk's frame that stands in front of its elements: who writes them next, from where they lie, has
    /// copied none. Only on machines whose floats lie as on the wire.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteHead(IBufferWriter<byte> output, string to, string from, TensorChunk chunk)
    {
        Span<byte> fields = stackalloc byte[ChunkHead.MaxBytes];
        var front = ChunkHead.Write(fields, chunk.Header, out var fieldBytes);
        fields = fields[..fieldBytes];
        var payload = MemoryMarshal.AsBytes(chunk.Data.Span);
        var bytes = output.GetSpan(MaxHeadBytes + ChunkHead.MaxBytes);
        var checks = WriteHead(bytes, to, from, MessageTable.ChunkNumber, fields.Length + payload.Length, out var head, out var length);
        fields.CopyTo(bytes[head..]);
        var end = head + fields.Length;

        var state = Crc32C.Append(Crc32C.Begin, bytes[(checks + FrameCheck.Bytes)..(head + front)]);
        ChunkHead.WriteFront(bytes[(head + front)..], Crc32C.End(state));
        state = Crc32C.Append(state, bytes[(head + front)..end]);
        state = BitConverter.IsLittleEndian ? Crc32C.Append(state, payload) : CheckSwapped(state, MemoryMarshal.Cast<byte, int>(payload));
        FrameCheck.Write(bytes[checks..], length, Crc32C.End(state));
        output.Advance(end);
        return end;
    }

    private static int WriteChunk(IBufferWriter<byte> output, string to, string from, TensorChunk chunk)
    {
        var head = WriteHead(output, to, from, chunk);
        var payload = MemoryMarshal.AsBytes(chunk.Data.Span);
        if (BitConverter.IsLittleEndian)
        {
            output.Write(payload);
        }
        else
        {
            WriteSwapped(output, MemoryMarshal.Cast<byte, int>(payload));
        }

        return head + payload.Length;
    }

    /// <summary>Writes everything in front of the body but the checks, for which room is left.</summary>
    /// <param name="head">Bytes up to the body.</param>
    /// <param name="length">Of the frame, its prefix left out.</param>
    /// <returns>Where the checks are to stand.</returns>
    private static int WriteHead(Span<byte> bytes, string to, string from, int number, int bodySize, out int head, out int length)
    {
        var tag = WireFormat.Tag(number, WireFormat.Delimited);
        length = FrameCheck.Bytes + NameSize(to) + NameSize(from)
            + WireFormat.VarintSize(tag) + WireFormat.VarintSize((ulong)bodySize) + bodySize;
        if (length > FrameLimits.MaxFrameBytes)
        {
            throw new ArgumentException($"A frame may have {FrameLimits.MaxFrameBytes} bytes, but this one would have {length}.");
        }

        head = 0;
        WireFormat.PutVarint(bytes, ref head, (ulong)length);
        var checks = head;
        head += FrameCheck.Bytes;
        PutName(bytes, ref head, Frame.ToFieldNumber, to);
        PutName(bytes, ref head, Frame.FromFieldNumber, from);
        WireFormat.PutVarint(bytes, ref head, tag);
        WireFormat.PutVarint(bytes, ref head, (ulong)bodySize);
        return checks;
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

    /// <summary>Adds the bytes to a checksum that <see cref="WriteSwapped"/> writes.</summary>
    internal static uint CheckSwapped(uint state, ReadOnlySpan<int> elements)
    {
        foreach (var element in elements)
        {
            state = BitOperations.Crc32C(state, (uint)BinaryPrimitives.ReverseEndianness(element));
        }

        return state;
    }
}
