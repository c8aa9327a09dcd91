using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Protocol;

/// <summary>CRC-32C (Castagnoli), the checksum of frames, taken piece by piece.</summary>
/// <remarks>
/// Polynomial 0x1EDC6F41, bits reflected, begun with and at last inverted by 0xFFFFFFFF: the "CRC-32/ISCSI" of the catalogues, whose
/// value for "123456789" is 0xE3069283. In a frame of at most <see cref="FrameLimits.MaxFrameBytes"/> it finds every error of one, two or
/// three bits, every odd number of flipped bits and every burst of up to 32; of other damage it misses one in 2³².
/// <para>Processors have an instruction for it, which takes 8 bytes at a time but answers late, so three lanes of a block are taken side by
/// side. Appending bytes is linear in the state: step(s, B) = zeros(s, |B|) ⊕ step(0, B), which is how the lanes are joined.</para>
/// <para>Where 64 bytes can be multiplied without carry at once, a long piece is first folded into its last <see cref="FoldBytes"/>: the bytes are a
/// polynomial of which only the remainder counts, so a block may be replaced by itself times xⁿ mod P, added n bits further on. (V. Gopal and others,
/// "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.)</para>
/// </remarks>
public static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Begin = uint.MaxValue;

    /// <summary>Bytes of a lane; a block of three is taken at once.</summary>
    private const int LaneBytes = 1024;

    private const int LaneWords = LaneBytes / sizeof(ulong);

    /// <summary>Four vectors, which are folded side by side.</summary>
    private const int FoldBytes = 4 * 64;

    /// <summary>From how many bytes on folding pays.</summary>
    private const int FoldsFrom = 8 * FoldBytes;

    /// <summary>[256·k + v]: the state v·2^(8k) after <see cref="LaneBytes"/> bytes of zero.</summary>
    private static readonly uint[] PastLane = ZerosOfLane();

    /// <summary>For each 16 bytes: what takes their first and their last half <see cref="FoldBytes"/> on.</summary>
    private static readonly Vector512<ulong> PastFold = Vector512.Create(Vector256.Create(Vector128.Create(PowerBefore(FoldBytes + 8), PowerBefore(FoldBytes))));

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Begin, bytes));

    /// <summary>The checksum that a state stands for. The state itself may go on.</summary>
    public static uint End(uint state) => ~state;

    /// <summary>The state after more bytes.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.V512.IsSupported && Vector512.IsHardwareAccelerated && bytes.Length >= FoldsFrom)
        {
            state = AppendFolded(state, bytes[..^(bytes.Length % FoldBytes)]);
            bytes = bytes[^(bytes.Length % FoldBytes)..];
        }

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

    /// <param name="bytes">A positive multiple of <see cref="FoldBytes"/>.</param>
    private static uint AppendFolded(uint state, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var past = PastFold;
        var one = Load(ref at, 0) ^ Vector512.CreateScalar((ulong)state);
        var two = Load(ref at, 1);
        var three = Load(ref at, 2);
        var four = Load(ref at, 3);
        for (var left = bytes.Length - FoldBytes; left > 0; left -= FoldBytes)
        {
            at = ref Unsafe.Add(ref at, FoldBytes);
            one = Fold(one, past) ^ Load(ref at, 0);
            two = Fold(two, past) ^ Load(ref at, 1);
            three = Fold(three, past) ^ Load(ref at, 2);
            four = Fold(four, past) ^ Load(ref at, 3);
        }

        Span<ulong> folded = stackalloc ulong[FoldBytes / sizeof(ulong)];
        one.CopyTo(folded);
        two.CopyTo(folded[8..]);
        three.CopyTo(folded[16..]);
        four.CopyTo(folded[24..]);
        return Append(0, MemoryMarshal.AsBytes(folded));
    }

    private static Vector512<ulong> Load(ref byte at, nuint vector) => Vector512.LoadUnsafe(ref at, 64 * vector).AsUInt64();

    private static Vector512<ulong> Fold(Vector512<ulong> block, Vector512<ulong> past) =>
        Pclmulqdq.V512.CarrylessMultiply(block, past, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(block, past, 0x11);

    /// <summary>x^(8·bytes - 1) mod P as the upper half of a reflected word: the product of two such words has one x more.</summary>
    private static ulong PowerBefore(int bytes)
    {
        var state = 1u << 24; // x⁷
        for (var one = 1; one < bytes; one++)
        {
            state = BitOperations.Crc32C(state, (byte)0);
        }

        return (ulong)state << 32;
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
