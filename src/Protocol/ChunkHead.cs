using System.Buffers;
using System.Buffers.Binary;

namespace Distributed.Protocol;

/// <summary>The fields of a TensorChunk that stand in front of its data, read and written by hand.</summary>
internal static class ChunkHead
{
    /// <summary>Bytes at most: seven tagged numbers, the front's check, and the tag and length of data.</summary>
    public const int MaxBytes = 7 * 11 + FrontBytes + 6;

    private const int Kind = 1, Step = 2, Index = 3, FirstShard = 4, ShardCount = 5, Elements = 6, Session = 7, Front = 14, Data = 15;
    private const int FrontBytes = 1 + sizeof(uint);

    /// <exception cref="ArgumentException">The chunk isn't one that a receiver would take.</exception>
    public static void CheckSent(TensorChunk chunk)
    {
        var header = chunk.Header;
        if (header.Elements is < 1 or > FrameLimits.MaxChunkElements || header.Elements != chunk.Data.Length)
        {
            throw new ArgumentException(
                $"{chunk}: a chunk has 1 to {FrameLimits.MaxChunkElements} elements and as much data; its header says " +
                $"{header.Elements}, its data has {chunk.Data.Length}.");
        }

        if (header.Kind is not (ChunkKind.Partial or ChunkKind.Weights) || header.Step < 0 || header.Index < 0
            || header.FirstShard < 0 || header.ShardCount < 0)
        {
            throw new ArgumentException($"A chunk's kind is Partial or Weights and its numbers are 0 or more, not {header}.");
        }
    }

    /// <summary>Writes everything in front of the payload but the front's check, for which room is left.</summary>
    /// <param name="written">Bytes.</param>
    /// <returns>Where the front's check is to stand.</returns>
    public static int Write(Span<byte> bytes, in ChunkHeader header, out int written)
    {
        var position = 0;
        Put(bytes, ref position, Kind, (ulong)header.Kind);
        Put(bytes, ref position, Step, (ulong)header.Step);
        Put(bytes, ref position, Index, (ulong)header.Index);
        Put(bytes, ref position, FirstShard, (ulong)header.FirstShard);
        Put(bytes, ref position, ShardCount, (ulong)header.ShardCount);
        Put(bytes, ref position, Elements, (ulong)header.Elements);
        Put(bytes, ref position, Session, header.Session);
        var front = position;
        position += FrontBytes;
        WireFormat.PutVarint(bytes, ref position, WireFormat.Tag(Data, WireFormat.Delimited));
        WireFormat.PutVarint(bytes, ref position, sizeof(float) * (ulong)header.Elements);
        written = position;
        return front;
    }

    public static void WriteFront(Span<byte> bytes, uint check)
    {
        bytes[0] = (byte)WireFormat.Tag(Front, WireFormat.Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[1..], check);
    }

    /// <summary>Reads up to the payload. False: more bytes are needed.</summary>
    /// <param name="remaining">Bytes of the frame from the reader's place on, all of them the chunk's.</param>
    /// <param name="frontAt">Where the reader stood in front of the front's check.</param>
    /// <param name="front">The front's check, for the caller to compare.</param>
    /// <exception cref="ProtocolException">Fields are out of order, missing or out of range, or data isn't what ends the frame.</exception>
    public static bool TryRead(ref SequenceReader<byte> reader, long remaining, out ChunkHeader header, out long frontAt, out uint front)
    {
        var start = reader.Consumed;
        (header, frontAt, front) = (default, 0, 0);
        Span<ulong> values = stackalloc ulong[Session + 1];
        values.Clear();
        var last = 0;
        while (true)
        {
            var before = reader.Consumed;
            if (!WireFormat.TryReadVarint(ref reader, out var tag))
            {
                return false;
            }

            var (field, type) = FrameDecoder.Split(tag);
            if (field is not (>= Kind and <= Session or Front or Data))
            {
                if (!WireFormat.TrySkip(ref reader, type))
                {
                    return false;
                }

                continue;
            }

            if (field <= last)
            {
                throw new ProtocolException($"Field {field} of a chunk stands after field {last}; each may come once, in order.");
            }

            if (type != field switch { Data => WireFormat.Delimited, Front => WireFormat.Fixed32, _ => WireFormat.Varint })
            {
                throw new ProtocolException($"Field {field} of a chunk has wire type {type}.");
            }

            if (field == Data && last != Front)
            {
                throw new ProtocolException("A chunk's data has no check of what stands in front of it.");
            }

            last = field;
            if (field == Front)
            {
                if (!WireFormat.TryReadFixed32(ref reader, out front))
                {
                    return false;
                }

                frontAt = before;
                continue;
            }

            if (!WireFormat.TryReadVarint(ref reader, out var value))
            {
                return false;
            }

            if (field == Data)
            {
                header = Check(values, value, remaining - (reader.Consumed - start));
                return true;
            }

            values[field] = value;
        }
    }

    private static ChunkHeader Check(ReadOnlySpan<ulong> values, ulong dataBytes, long remaining)
    {
        var header = Check(values);
        return dataBytes == sizeof(float) * (ulong)header.Elements && dataBytes == (ulong)remaining
            ? header
            : throw new ProtocolException(
                $"A chunk of {header.Elements} elements has {dataBytes} bytes of data, and {remaining} bytes of its frame are left; " +
                $"both should be {sizeof(float) * header.Elements}.");
    }

    /// <param name="values">By their field numbers.</param>
    /// <exception cref="ProtocolException">One is out of range.</exception>
    public static ChunkHeader Check(ReadOnlySpan<ulong> values)
    {
        if (values[Kind] is not ((ulong)ChunkKind.Partial or (ulong)ChunkKind.Weights))
        {
            throw new ProtocolException($"A chunk's kind is 1 or 2, not {values[Kind]}.");
        }

        if (values[Step] > long.MaxValue || values[Index] > int.MaxValue || values[FirstShard] > int.MaxValue
            || values[ShardCount] > int.MaxValue)
        {
            throw new ProtocolException("A number in front of a chunk's data is out of range.");
        }

        if (values[Elements] is < 1 or > FrameLimits.MaxChunkElements)
        {
            throw new ProtocolException($"A chunk has 1 to {FrameLimits.MaxChunkElements} elements, not {values[Elements]}.");
        }

        return new ChunkHeader(
            (ChunkKind)values[Kind], (long)values[Step], (int)values[Index], (int)values[FirstShard], (int)values[ShardCount],
            (int)values[Elements])
        { Session = values[Session] };
    }

    private static void Put(Span<byte> bytes, ref int position, int field, ulong value)
    {
        if (value != 0)
        {
            WireFormat.PutVarint(bytes, ref position, WireFormat.Tag(field, WireFormat.Varint));
            WireFormat.PutVarint(bytes, ref position, value);
        }
    }
}
