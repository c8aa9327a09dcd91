using System.Buffers;
using System.Numerics;

namespace Distributed.Protocol;

/// <summary>The few parts of protobuf's encoding that frames are written with by hand.</summary>
internal static class WireFormat
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    public const int Fixed32 = 5;

    /// <summary>Bytes of a varint at most.</summary>
    private const int MaxVarintBytes = 10;

    public static uint Tag(int field, int type) => (uint)(field << 3 | type);

    public static int VarintSize(ulong value) => BitOperations.Log2(value | 1) / 7 + 1;

    /// <summary>Writes at <paramref name="position"/> and moves it.</summary>
    public static void PutVarint(Span<byte> bytes, ref int position, ulong value)
    {
        while (value >= 0x80)
        {
            bytes[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[position++] = (byte)value;
    }

    /// <summary>Reads a varint, or leaves the reader as it is and returns false if more bytes are needed.</summary>
    public static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        var start = reader;
        for (var i = 0; i < MaxVarintBytes; i++)
        {
            if (!reader.TryRead(out var next))
            {
                reader = start;
                return false;
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return i < MaxVarintBytes - 1 || next <= 1
                    ? true
                    : throw new ProtocolException("A number on the wire has more than 64 bits.");
            }
        }

        throw new ProtocolException("A number on the wire has more than 10 bytes.");
    }

    /// <summary>Reads four bytes, the lowest first, or returns false if more are needed.</summary>
    public static bool TryReadFixed32(ref SequenceReader<byte> reader, out uint value)
    {
        var there = reader.TryReadLittleEndian(out int bits);
        value = (uint)bits;
        return there;
    }

    /// <summary>Passes over the value of a field nobody knows, or returns false if more bytes are needed.</summary>
    public static bool TrySkip(ref SequenceReader<byte> reader, int type)
    {
        var start = reader;
        var length = 0ul;
        var known = type switch
        {
            Varint => TryReadVarint(ref reader, out _),
            Fixed64 => (length = 8) > 0,
            Fixed32 => (length = 4) > 0,
            Delimited => TryReadVarint(ref reader, out length),
            _ => throw new ProtocolException($"A field of wire type {type} is in a frame; 0, 1, 2 and 5 are allowed."),
        };
        if (!known || length > (ulong)reader.Remaining)
        {
            reader = start;
            return false;
        }

        reader.Advance((long)length);
        return true;
    }
}
