using System.Numerics;
using System.Runtime.InteropServices;

namespace Distributed.Protocol;

/// <summary>CRC-32C (Castagnoli), the checksum of frames, taken piece by piece.</summary>
/// <remarks>
/// Polynomial 0x1EDC6F41, bits reflected, begun with and at last inverted by 0xFFFFFFFF: the "CRC-32/ISCSI" of the catalogues, whose
/// value for "123456789" is 0xE3069283. In a frame of at most <see cref="FrameLimits.MaxFrameBytes"/> it finds every error of one, two or
/// three bits, every odd number of flipped bits and every burst of up to 32; of other damage it misses one in 2³².
/// <para>Processors have an instruction for it, which takes 8 bytes at a time but answers late, so three lanes of a block are taken side by
/// side. Appending bytes is linear in the state: step(s, B) = zeros(s, |B|) ⊕ step(0, B), which is how the lanes are joined.</para>
/// </remarks>
internal static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Begin = uint.MaxValue;

    /// <summary>Bytes of a lane; a block of three is taken at once.</summary>
    private const int LaneBytes = 1024;

    private const int LaneWords = LaneBytes / sizeof(ulong);

    /// <summary>[256·k + v]: the state v·2^(8k) after <see cref="LaneBytes"/> bytes of zero.</summary>
    private static readonly uint[] PastLane = ZerosOfLane();

    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Begin, bytes));

    /// <summary>The checksum that a state stands for. The state itself may go on.</summary>
    public static uint End(uint state) => ~state;

    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * LaneBytes)
        {
            state = AppendBlock(state, MemoryMarshal.Cast<byte, ulong>(bytes[..(3 * LaneBytes)]));
            bytes = bytes[(3 * LaneBytes)..];
        }

        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            state = BitOperations.Crc32C(state, Wire(word));
        }

        foreach (var one in bytes[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, one);
        }

        return state;
    }

    private static uint AppendBlock(uint state, ReadOnlySpan<ulong> words)
    {
        var first = words[..LaneWords];
        var second = words.Slice(LaneWords, LaneWords);
        var third = words.Slice(2 * LaneWords, LaneWords);
        var (one, two, three) = (state, 0u, 0u);
        for (var i = 0; i < LaneWords; i++)
        {
            one = BitOperations.Crc32C(one, Wire(first[i]));
            two = BitOperations.Crc32C(two, Wire(second[i]));
            three = BitOperations.Crc32C(three, Wire(third[i]));
        }

        return SkipLane(SkipLane(one) ^ two) ^ three;
    }

    /// <summary>zeros(state, <see cref="LaneBytes"/>).</summary>
    private static uint SkipLane(uint state) =>
        PastLane[state & 0xFF] ^ PastLane[256 + (state >> 8 & 0xFF)] ^ PastLane[512 + (state >> 16 & 0xFF)] ^ PastLane[768 + (state >> 24)];

    private static uint[] ZerosOfLane()
    {
        var table = new uint[4 * 256];
        for (var at = 0; at < table.Length; at++)
        {
            var state = (uint)(at & 0xFF) << (8 * (at >> 8));
            for (var word = 0; word < LaneWords; word++)
            {
                state = BitOperations.Crc32C(state, 0ul);
            }

            table[at] = state;
        }

        return table;
    }

    /// <summary>Eight bytes as the instruction takes them: the first one lowest.</summary>
    private static ulong Wire(ulong word) => BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
}
