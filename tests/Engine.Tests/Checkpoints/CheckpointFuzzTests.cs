using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Distributed.Engine.Checkpoints;
using Xunit.Abstractions;

namespace Distributed.Engine.Tests.Checkpoints;

/// <summary>Random and mutated files: a checkpoint is read or refused with a <see cref="CheckpointException"/>, and allocates no more than some
/// times the file's length. <c>checks/fuzz</c> runs many more of them.</summary>
public sealed partial class CheckpointFuzzTests(ITestOutputHelper output)
{
    /// <summary>Bytes that one file may cost: so many, and so many for each of its own.</summary>
    private const long MaxAllocatedBytes = 256 << 10, MaxAllocatedPerByte = 64;

    private const int LengthBytes = 8;

    private static readonly int Inputs = Setting("FUZZ_INPUTS", 4000);
    private static readonly int Seed = Setting("FUZZ_SEED", 20);

    private static readonly string[] Extremes =
    [
        "-1", "0", "1", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "1e308", "1e400", "-1e400", "1.5", "NaN", "", "-", "null", "[]", "{}", "\"\"", "[[[[[[[[[[", "\\ud800", "0-9223372036854775806", "5-3",
        "weight weight", "a=1 b=2", " ",
    ];

    [Fact]
    public void Hostile_files_are_read_or_refused()
    {
        output.WriteLine($"Replay with FUZZ_SEED={Seed} FUZZ_INPUTS={Inputs} dotnet test tests/Engine.Tests --filter CheckpointFuzz");
        var random = new Random(Seed);
        var valid = Valid();
        var (refused, read, most) = (0, 0, 0L);
        for (var round = 0; round < Inputs; round++)
        {
            var bytes = Hostile(random, valid);
            var storage = new OneFile(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Checkpoint.Load("fuzz", storage);
                read++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception other)
            {
                Assert.Fail($"Input {round} of seed {Seed}: {other}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            most = Math.Max(most, allocated);
            var allowed = MaxAllocatedBytes + MaxAllocatedPerByte * bytes.Length;
            Assert.True(allocated <= allowed, $"Input {round} of seed {Seed} costs {allocated} bytes; {allowed} are allowed for {bytes.Length}.");
        }

        output.WriteLine($"{Inputs} inputs: {refused} refused, {read} read; at most {most} bytes allocated for one");
        Assert.InRange(refused, Inputs / 2, Inputs - 1);
        Assert.InRange(read, 1, Inputs / 2);
    }

    [Fact]
    public void State_vectors_that_are_named_and_not_there_cost_nothing()
    {
        var valid = Valid();
        var names = string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"s{i}"));
        var bytes = Sealed(valid, metadata => metadata.SetItem("optimizer_states", names))!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("tensors", Assert.Throws<CheckpointException>(() => Checkpoint.Load("fuzz", new OneFile(bytes))).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, MaxAllocatedBytes + MaxAllocatedPerByte * bytes.Length);
    }

    private static byte[] Valid()
    {
        var (tensors, metadata) = CheckpointFormat.Write(Samples.Make());
        using var file = new MemoryStream();
        SafeTensorsFile.Write(file, tensors, metadata);
        return file.ToArray();
    }

    private static byte[] Hostile(Random random, byte[] valid)
    {
        var header = LengthBytes + (int)BinaryPrimitives.ReadUInt64LittleEndian(valid);
        switch (random.Next(8))
        {
            case 0:
                var noise = new byte[random.Next(300)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return valid[..random.Next(valid.Length)];
            case 2:
                return Mutated(random, valid);
            case 3:
                var length = BitConverter.GetBytes(random.NextInt64() >> random.Next(63));
                return [.. length, .. valid[LengthBytes..]];
            case 4:
                // Other values in the metadata, with right checksums.
                return Sealed(valid, metadata =>
                {
                    var key = metadata.Keys.ElementAt(random.Next(metadata.Count));
                    return random.Next(6) == 0 ? metadata.Remove(key) : metadata.SetItem(key, Odd(random, metadata[key]));
                }) ?? valid;
            default:
                var text = Encoding.UTF8.GetString(valid, LengthBytes, header - LengthBytes);
                var changed = Encoding.UTF8.GetBytes(OtherHeader(random, text));
                byte[] file = [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. valid[header..]];
                return random.Next(2) == 0 ? file : Sealed(file, metadata => metadata) ?? file;
        }
    }

    private static string Odd(Random random, string value) => random.Next(4) switch
    {
        0 => Extremes[random.Next(Extremes.Length)],
        1 => value + " " + Extremes[random.Next(Extremes.Length)],
        2 => string.Concat(Enumerable.Repeat(value + " ", random.Next(1, 50))),
        _ => value[..random.Next(value.Length + 1)],
    };

    /// <summary>A number, a text or a bracket is something else.</summary>
    private static string OtherHeader(Random random, string text)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var tokens = Token().Matches(text);
            if (tokens.Count == 0) return text;
            var token = tokens[random.Next(tokens.Count)];
            var other = random.Next(3) == 0 ? tokens[random.Next(tokens.Count)].Value : Extremes[random.Next(Extremes.Length)];
            text = string.Concat(text.AsSpan(0, token.Index), other, text.AsSpan(token.Index + token.Length));
        }
        return text;
    }

    private static byte[] Mutated(Random random, byte[] bytes)
    {
        bytes = [.. bytes];
        var (at, count) = (random.Next(bytes.Length), random.Next(1, 9));
        switch (random.Next(4))
        {
            case 0:
                for (; count > 0; count--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + count)..]];
            case 2:
                return [.. bytes[..at], .. bytes[Math.Max(0, at - count)..]];
            default:
                bytes[at] = (byte)random.Next(256);
                return bytes;
        }
    }

    /// <summary>The file with other metadata and right checksums; null if its header cannot be read.</summary>
    private static byte[]? Sealed(
        byte[] file,
        Func<System.Collections.Immutable.ImmutableSortedDictionary<string, string>,
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>> change)
    {
        try
        {
            var end = LengthBytes + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            var header = SafeTensorsHeader.Parse(file.AsMemory(LengthBytes, end - LengthBytes), "fuzz");
            header = header with
            {
                Metadata = change(header.Metadata)
                    .SetItem(SafeTensorsHeader.DataSum, Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(end)))),
            };
            header = header with { Metadata = header.Metadata.SetItem(SafeTensorsHeader.HeaderSum, header.Sum()) };
            var text = header.Format();
            return [.. BitConverter.GetBytes((long)text.Length), .. text, .. file[end..]];
        }
        catch (Exception unreadable) when (unreadable is CheckpointException or ArgumentException)
        {
            return null;
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex("""-?\d+|"[^"]*"|[{}\[\]:,]""")]
    private static partial Regex Token();

    private sealed class OneFile(byte[] bytes) : ICheckpointStorage
    {
        public Stream OpenRead(string path) => new MemoryStream(bytes, writable: false);

        public bool FolderExists(string path) => throw new NotSupportedException();

        public void MakeFolder(string path) => throw new NotSupportedException();

        public bool Exists(string path) => true;

        public IReadOnlyList<string> Files(string folder, string prefix, string suffix) => throw new NotSupportedException();

        public Stream Create(string path) => throw new NotSupportedException();

        public void Flush(Stream created) => throw new NotSupportedException();

        public void Rename(string from, string to) => throw new NotSupportedException();

        public void Delete(string path) => throw new NotSupportedException();

        public IDisposable? TryLock(string path) => throw new NotSupportedException();
    }
}
