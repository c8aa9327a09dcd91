using System.Runtime.Intrinsics;

namespace Distributed.Engine.Randomness;

/// <summary>Philox4x32-10: a counter-based generator, a pure function from a key and a counter to 128 random bits.</summary>
/// <remarks>
/// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011). No state, so the numbers of one sample, step
/// or parameter are had without drawing those before it, and integer arithmetic only, so they are the same on every machine.
/// </remarks>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Blocks that <see cref="Fill"/> takes together.</summary>
    private const int Lanes = 8;

    /// <summary>The block of four words that belongs to (key, counter).</summary>
    public static PhiloxBlock Block(PhiloxBlock counter, uint key0, uint key1)
    {
        var (c0, c1, c2, c3) = counter;
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ key1, (uint)product0);
            key0 = unchecked(key0 + Weyl0);
            key1 = unchecked(key1 + Weyl1);
        }
        return new PhiloxBlock(c0, c1, c2, c3);
    }

    /// <summary>The words of one block after another, the lowest word of the counter counting up from <paramref name="first"/>'s.</summary>
    /// <param name="words">As many as wanted; of the last block those that fit.</param>
    public static void Fill(PhiloxBlock first, uint key0, uint key1, Span<uint> words)
    {
        var done = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Span<ulong> pairs = stackalloc ulong[2 * Lanes];
            for (; words.Length - done >= 4 * Lanes; done += 4 * Lanes)
            {
                FillPairs(first with { Word0 = unchecked(first.Word0 + (uint)(done / 4)) }, key0, key1, pairs);
                for (var i = 0; i < Lanes; i++)
                {
                    var (low, high) = (pairs[i], pairs[Lanes + i]);
                    var four = words.Slice(done + (4 * i), 4);
                    (four[0], four[1], four[2], four[3]) = ((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32));
                }
            }
        }
        for (; done < words.Length; done += 4)
        {
            var block = Block(first with { Word0 = unchecked(first.Word0 + (uint)(done / 4)) }, key0, key1);
            words[done] = block.Word0;
            if (done + 1 < words.Length) words[done + 1] = block.Word1;
            if (done + 2 < words.Length) words[done + 2] = block.Word2;
            if (done + 3 < words.Length) words[done + 3] = block.Word3;
        }
    }

    /// <summary>Eight blocks at once, a word in each 64-bit lane.</summary>
    /// <param name="pairs">Words 0 and 1 of each block, then words 2 and 3.</param>
    private static void FillPairs(PhiloxBlock first, uint key0, uint key1, Span<ulong> pairs)
    {
        var low = Vector512.Create((ulong)uint.MaxValue);
        var (multiplier0, multiplier1) = (Vector512.Create((ulong)Multiplier0), Vector512.Create((ulong)Multiplier1));
        var c0 = (Vector512.Create((ulong)first.Word0) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7)) & low;
        var c1 = Vector512.Create((ulong)first.Word1);
        var c2 = Vector512.Create((ulong)first.Word2);
        var c3 = Vector512.Create((ulong)first.Word3);
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = multiplier0 * c0;
            var product1 = multiplier1 * c2;
            c0 = (product1 >>> 32) ^ c1 ^ Vector512.Create((ulong)key0);
            c2 = (product0 >>> 32) ^ c3 ^ Vector512.Create((ulong)key1);
            c1 = product1 & low;
            c3 = product0 & low;
            key0 = unchecked(key0 + Weyl0);
            key1 = unchecked(key1 + Weyl1);
        }
        (c0 | (c1 << 32)).CopyTo(pairs);
        (c2 | (c3 << 32)).CopyTo(pairs[Lanes..]);
    }
}

/// <summary>Four 32-bit words: a counter of <see cref="Philox"/>, least significant word first, or what comes out of it.</summary>
public readonly record struct PhiloxBlock(uint Word0, uint Word1, uint Word2, uint Word3);
