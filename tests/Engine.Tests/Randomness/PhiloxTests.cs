using Distributed.Engine.Randomness;

namespace Distributed.Engine.Tests.Randomness;

public class PhiloxTests
{
    /// <summary>The known answers that come with Random123 (kat_vectors, philox4x32, 10 rounds).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal(new PhiloxBlock(r0, r1, r2, r3), Philox.Block(new PhiloxBlock(c0, c1, c2, c3), k0, k1));

    /// <summary>Eight blocks are taken at once, the rest one by one: the same words, whatever the length, past the counter's end too.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(0xfffffff0u)]
    public void Many_blocks_are_the_words_of_one_after_another(uint first)
    {
        for (var length = 0; length <= 256; length++)
        {
            var words = new uint[length];
            Philox.Fill(new PhiloxBlock(first, 0x85a308d3, 0x13198a2e, 0x03707344), 0xa4093822, 0x299f31d0, words);
            for (var i = 0; i < length; i++)
            {
                var (w0, w1, w2, w3) = Philox.Block(new PhiloxBlock(unchecked(first + (uint)(i / 4)), 0x85a308d3, 0x13198a2e, 0x03707344),
                    0xa4093822, 0x299f31d0);
                Assert.Equal(new[] { w0, w1, w2, w3 }[i % 4], words[i]);
            }
        }
    }
}
