using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Distributed.Protocol.Tests;

public sealed class PartialHashTests
{
    private static readonly float[] Chunk = [1f, -0f, 3.5e-40f, float.PositiveInfinity, 2f];

    [Fact]
    public void Is_the_SHA256_of_chunks_loss_and_counts_in_little_endian()
    {
        byte[] bytes = new byte[4 * 5 + 20];
        for (var i = 0; i < Chunk.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), Chunk[i]);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(20), 0.25);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(28), 7);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(36), 9);
        Assert.Equal(SHA256.HashData(bytes), Hash(0.25, Chunk[..2], Chunk[2..]));
    }

    [Fact]
    public void Every_bit_counts_but_which_NaN_it_is_does_not()
    {
        var whole = Hash(1, Chunk);
        for (var i = 0; i < Chunk.Length; i++)
        {
            for (var bit = 0; bit < 32; bit++)
            {
                var flipped = Chunk.ToArray();
                flipped[i] = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(flipped[i]) ^ (1 << bit));
                Assert.NotEqual(whole, Hash(1, flipped));
            }
        }

        float[] quiet = [1, BitConverter.Int32BitsToSingle(0x7FC00001)], negative = [1, BitConverter.Int32BitsToSingle(unchecked((int)0xFFC12345))];
        Assert.Equal(Hash(double.NaN, quiet), Hash(-double.NaN, negative));
        Assert.NotEqual(Hash(1, quiet), Hash(1, [1, float.PositiveInfinity]));
    }

    [Fact]
    public void Begins_anew_after_its_end()
    {
        using var hash = new PartialHash();
        hash.Add(Chunk);
        var first = hash.End(1, 2, 3);
        hash.Add(Chunk);
        Assert.Equal(first, hash.End(1, 2, 3));
    }

    private static byte[] Hash(double loss, params float[][] chunks)
    {
        using var hash = new PartialHash();
        foreach (var chunk in chunks) hash.Add(chunk);
        return hash.End(loss, 7, 9);
    }
}
