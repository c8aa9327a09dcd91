using System.Globalization;
using Xunit.Abstractions;

namespace Distributed.Protocol.Tests;

/// <summary>Random and mutated bytes: the decoder reads them or refuses them with a <see cref="ProtocolException"/>, and allocates no more than
/// its limits allow. <c>checks/fuzz</c> runs many more of them.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    /// <summary>Bytes that one input may cost: a whole chunk (its header may be right and its data never come), a full Assign, and some.</summary>
    private const long MaxAllocatedBytes = 2L << 20;

    private static readonly int Inputs = Setting("FUZZ_INPUTS", 6000);
    private static readonly int Seed = Setting("FUZZ_SEED", 20);

    private static readonly byte[][] Valid = [.. Samples.All.Select(sample => Samples.Delimited(sample.Frame)[^Length(sample.Golden)..])];

    [Fact]
    public void Hostile_bytes_are_read_or_refused()
    {
        output.WriteLine($"Replay with FUZZ_SEED={Seed} FUZZ_INPUTS={Inputs} dotnet test tests/Protocol.Tests --filter FrameFuzz");
        var random = new Random(Seed);
        var (refused, waiting, read, chunks, most) = (0, 0, 0, 0, 0L);
        for (var round = 0; round < Inputs; round++)
        {
            var (bytes, damaged) = Hostile(random);
            var (step, segment) = (Math.Max(random.Next(1, 200), bytes.Length / 20), Math.Max(random.Next(1, 50), bytes.Length / 100));
            var pool = new ChunkPool();
            var allocated = 0L;
            using var decoder = new FrameDecoder(_ => pool);
            if (random.Next(4) == 0)
            {
                decoder.MaxFrameBytes = FrameLimits.MaxHandshakeFrameBytes;
            }

            try
            {
                var frames = ByteInput.Feed(decoder, bytes, step, segment, out allocated);
                read += frames.Count;
                waiting += decoder.IsAtFrameStart ? 0 : 1;
                Assert.True(!damaged || frames.Count == 0, $"Input {round} of seed {Seed}: a damaged frame was read.");
                foreach (var frame in frames)
                {
                    Assert.NotNull(MessageTable.Prepare(frame.Body));
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

            most = Math.Max(most, allocated);
            Assert.True(most <= MaxAllocatedBytes, $"Input {round} of seed {Seed} costs {most} bytes; {MaxAllocatedBytes} are allowed.");
        }

        output.WriteLine($"{Inputs} inputs: {refused} refused, {waiting} wait for more, {read} frames read, {chunks} of them chunks; " +
            $"at most {most} bytes allocated for one");
        Assert.InRange(refused, Inputs / 4, Inputs);
        Assert.InRange(chunks, Inputs / 100, int.MaxValue);
        Assert.InRange(waiting, 1, Inputs / 2);
    }

    /// <summary>An input, and whether its first frame is one that was damaged behind its sender's back.</summary>
    private static (byte[] Bytes, bool Damaged) Hostile(Random random)
    {
        var kind = random.Next(8);
        if (kind == 0)
        {
            var noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            return (noise, false);
        }

        var rest = Valid[random.Next(4) == 0 ? ^1 : random.Next(Valid.Length)];
        if (kind == 1)
        {
            var good = Samples.Delimited(rest);
            var bad = Mutated(random, good);
            return (bad, !bad.AsSpan().StartsWith(good));
        }

        if (kind == 2)
        {
            var good = Samples.Delimited(rest);
            return (good[..random.Next(good.Length)], true);
        }

        // With right checks what is wrong is found by what reads it.
        for (var times = random.Next(3); times >= 0 && rest.Length > 1; times--)
        {
            rest = kind == 3 ? Grown(random, rest) : Mutated(random, rest);
        }

        var front = rest.AsSpan().LastIndexOf((byte)0x75);
        if (front > 0 && front + 5 < rest.Length && random.Next(2) == 0)
        {
            rest = Samples.WithFront(rest, rest.Length - front - 5);
        }

        byte[][] frames = [Samples.Delimited(rest), Samples.Delimited(Valid[random.Next(3) == 0 ? ^1 : random.Next(Valid.Length)])];
        return (random.Next(2) == 0 ? [.. frames[0], .. frames[1]] : [.. frames[1], .. frames[0]], false);
    }

    private static byte[] Mutated(Random random, byte[] bytes)
    {
        bytes = [.. bytes];
        var at = random.Next(bytes.Length);
        var count = random.Next(1, 9);
        var until = Math.Min(bytes.Length, at + count);
        switch (random.Next(6))
        {
            case 0:
                for (; count > 0; count--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return [.. bytes[..at], .. bytes[until..]];
            case 3:
                return [.. bytes[..at], .. bytes[at..until], .. bytes[at..]];
            case 4:
                // A number or a length that is as large as they come.
                return [.. bytes[..at], .. Samples.Varint((ulong)random.NextInt64() >> random.Next(63)), .. bytes[until..]];
            default:
                var inserted = new byte[count];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
        }
    }

    /// <summary>Much of something: fields nobody knows, ranges, one field again and again.</summary>
    private static byte[] Grown(Random random, byte[] rest)
    {
        byte[] piece = random.Next(3) switch
        {
            0 => [0x92, 0x02, 0x02, 0x22, 0x00],
            1 => [0x22, 0x00],
            _ => [(byte)random.Next(256), (byte)random.Next(8)],
        };
        var many = Enumerable.Repeat(piece, random.Next(1, 3000)).SelectMany(bytes => bytes).ToArray();
        return random.Next(3) switch
        {
            0 => [.. many, .. rest],
            1 => [.. rest, .. many],
            _ => [0x92, 0x02, .. Samples.Varint((ulong)many.Length), .. many],
        };
    }

    private static int Length(string golden) => golden.Length / 2;

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
