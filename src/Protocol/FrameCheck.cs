using System.Buffers;
using System.Buffers.Binary;

namespace Distributed.Protocol;

/// <summary>The two fields that every frame begins with, and the checksum of what follows them as it arrives.</summary>
/// <remarks><code>
/// 1 byte    tag of Frame.length      4 bytes   the frame's length again, little-endian
/// 1 byte    tag of Frame.check       4 bytes   CRC-32C of the rest of the frame, little-endian
/// </code></remarks>
internal struct FrameCheck
{
    /// <summary>Of both fields.</summary>
    public const int Bytes = 2 * FieldBytes;

    private const int FieldBytes = 1 + sizeof(uint);
    private const byte LengthTag = Frame.LengthFieldNumber << 3 | WireFormat.Fixed32;
    private const byte CheckTag = Frame.CheckFieldNumber << 3 | WireFormat.Fixed32;

    private readonly uint _wanted;
    private uint _state;

    private FrameCheck(uint wanted) => (_wanted, _state) = (wanted, Crc32C.Begin);

    public static void Write(Span<byte> bytes, int length, uint check)
    {
        bytes[0] = LengthTag;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], length);
        bytes[FieldBytes] = CheckTag;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(FieldBytes + 1)..], check);
    }

    /// <summary>Reads both fields. False: more bytes are needed.</summary>
    /// <param name="length">As it stands in front of the frame.</param>
    /// <exception cref="ProtocolException">The fields are not there, or the lengths differ.</exception>
    public static bool TryRead(ref SequenceReader<byte> reader, int length, out FrameCheck check)
    {
        check = default;
        if (!TryReadField(ref reader, LengthTag, "length", out var again))
        {
            return false;
        }

        if (again != length)
        {
            throw new ProtocolException($"A frame's length is damaged: in front of it stands {length}, in it {again}.");
        }

        if (!TryReadField(ref reader, CheckTag, "check", out var wanted))
        {
            return false;
        }

        check = new FrameCheck(wanted);
        return true;
    }

    public void Add(ReadOnlySpan<byte> bytes) => _state = Crc32C.Append(_state, bytes);

    public void Add(in ReadOnlySequence<byte> bytes)
    {
        foreach (var piece in bytes)
        {
            Add(piece.Span);
        }
    }

    /// <summary>All bytes of the frame have been added.</summary>
    /// <exception cref="ProtocolException">They are not those that were sent.</exception>
    public readonly void Compare() => Compare(_wanted, "A frame");

    /// <summary>All bytes in front of a chunk's own check have been added.</summary>
    /// <exception cref="ProtocolException">They are not those that were sent.</exception>
    public readonly void CompareFront(uint wanted) => Compare(wanted, "The front of a chunk");

    private readonly void Compare(uint wanted, string what)
    {
        if (Crc32C.End(_state) != wanted)
        {
            throw new ProtocolException($"{what} is damaged: its checksum is {Crc32C.End(_state):x8}, {wanted:x8} is wanted.");
        }
    }

    private static bool TryReadField(ref SequenceReader<byte> reader, byte tag, string field, out uint value)
    {
        value = 0;
        if (!reader.TryRead(out var first))
        {
            return false;
        }

        return first == tag
            ? WireFormat.TryReadFixed32(ref reader, out value)
            : throw new ProtocolException($"A frame has the byte {first:x2} where Frame.{field} should begin with {tag:x2}.");
    }
}
