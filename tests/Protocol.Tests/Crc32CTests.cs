namespace Distributed.Protocol.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_value_of_the_catalogues() => Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));

    [Fact]
    public void Every_length_and_offset_is_as_by_the_definition()
    {
        var bytes = Bytes(4 * 3072 + 64);
        int[] lengths = [.. Enumerable.Range(0, 257), 2047, 2048, 2049, 2303, 2304, 2305, 3071, 3072, 3073, 6143, 6144, 6200, 9216, 9217, 12_287, 12_288];
        foreach (var length in lengths)
        {
            foreach (var offset in (int[])[0, 1, 3, 7, 8, 31])
            {
                Assert.Equal(Samples.SlowCrc32C(bytes.AsSpan(offset, length)), Crc32C.Of(bytes.AsSpan(offset, length)));
            }
        }
    }

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        var bytes = Bytes(10_000);
        foreach (var size in (int[])[1, 13, 3072, 4096, 9999])
        {
            var state = Crc32C.Begin;
            for (var at = 0; at < bytes.Length; at += size)
            {
                state = Crc32C.Append(state, bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            }

            Assert.Equal(Samples.SlowCrc32C(bytes), Crc32C.End(state));
        }
    }

    [Fact]
    public void Swapped_elements_give_what_their_bytes_give()
    {
        int[] elements = [.. Enumerable.Range(0, 100).Select(i => i * 1_000_003)];
        byte[] swapped = [.. elements.SelectMany(element => BitConverter.GetBytes(element).Reverse())];
        Assert.Equal(Crc32C.Of(swapped), Crc32C.End(FrameEncoder.CheckSwapped(Crc32C.Begin, elements)));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 131 + (i >> 8) * 7 + 5))];
}
