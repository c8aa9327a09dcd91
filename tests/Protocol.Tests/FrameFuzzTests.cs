using Xunit.Abstractions;

namespace Distributed.Protocol.Tests;

/// <summary>Random and mutated bytes: the decoder reads them or refuses them, and allocates no more than the limits allow.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 6000;

    /// <summary>A frame's worth of parsed objects, generously: an Assign's body at its bound is 57 KB and becomes some MB of ranges.</summary>
    private const long MaxAllocatedBytes = 8L << 20;

    [Fact]
    public void Hostile_bytes_are_read_or_refused()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("FUZZ_SEED") ?? "20", System.Globalization.CultureInfo.InvariantCulture);
        output.WriteLine($"Replay with FUZZ_SEED={seed} dotnet test tests/Protocol.Tests --filter FrameFuzz");
        var random = new Random(seed);
        var valid = Samples.All.Select(sample => Samples.Delimited(sample.Frame)[Samples.Front..]).ToArray();
        var pool = new ChunkPool();
        var (refused, read, chunks) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Hostile(random, valid);
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var decoder = new FrameDecoder(_ => pool);
            try
            {
                foreach (var frame in ByteInput.Feed(decoder, bytes, random.Next(1, 200), random.Next(1, 50)))
                {
                    read++;
                    if (frame.Body is TensorChunk chunk)
                    {
                        chunks++;
                        chunk.Release();
                    }
                }
            }
            catch (ProtocolException)
            {
                refused++;
            }

            Assert.True(
                GC.GetAllocatedBytesForCurrentThread() - before < MaxAllocatedBytes, $"Round {round} of seed {seed} allocates too much.");
        }

        output.WriteLine($"{read} frames read, {chunks} of them chunks, {refused} inputs refused");
        Assert.InRange(refused, Rounds / 10, Rounds);
        Assert.InRange(chunks, 100, int.MaxValue);
    }

    private static byte[] Hostile(Random random, byte[][] valid)
    {
        var bytes = valid[random.Next(4) == 0 ? ^1 : random.Next(valid.Length)].ToArray();
        switch (random.Next(5))
        {
            case 0:
                bytes = new byte[random.Next(1, 300)];
                random.NextBytes(bytes);
                break;
            case 1:
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                break;
            case 2:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            case 3:
                var at = random.Next(bytes.Length);
                bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 5))..]];
                break;
            default:
                var place = random.Next(bytes.Length);
                var inserted = new byte[random.Next(1, 9)];
                random.NextBytes(inserted);
                bytes = [.. bytes[..place], .. inserted, .. bytes[place..]];
                break;
        }

        if (bytes.Length == 0)
        {
            return bytes;
        }

        // With right checks what is wrong is found by what reads it.
        byte[] sealedBytes = [.. Samples.Delimited(bytes), .. Samples.Delimited(valid[random.Next(valid.Length)])];
        return random.Next(8) == 0 ? bytes : sealedBytes;
    }
}
