using System.Buffers.Binary;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Runs.TensorBoard;
using Google.Protobuf;

namespace Distributed.Coordinator.Tests.Runs;

/// <summary>Event files are read here by their published format, with nothing of what wrote them.</summary>
public sealed class EventFileTests : IDisposable
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);

    private readonly TempFolder _folder = new();

    [Fact]
    public void Scalars_histograms_images_and_text_are_there()
    {
        using (var file = EventFile.Create(_folder.Path, At))
        {
            file.Scalar("loss", 3, 0.25, At);
            var counts = new long[MagnitudeHistogram.Buckets];
            MagnitudeHistogram.Add([-1f, 0, 0, 3], counts);
            file.Histogram("weights", 4, counts, Math.Sqrt(10), At);
            file.Image("filters", 5, 2, 1, 3, [1, 2, 3], At);
            file.Text("job", "**bold**", At);
        }
        var records = Read(Assert.Single(Directory.GetFiles(_folder.Path)));
        Assert.Equal(5, records.Count);
        Assert.All(records, record => Assert.Equal(1_700_000_000.25, Number(record, 1)));
        Assert.Equal("brain.Event:2", Text(records[0], 3));
        Assert.Matches(@"^events\.out\.tfevents\.1700000000\.", Path.GetFileName(Directory.GetFiles(_folder.Path)[0]));

        var scalar = Value(records[1], 3);
        Assert.Equal("loss", Text(scalar, 1));
        Assert.Equal(0.25f, BitConverter.Int32BitsToSingle((int)(ulong)scalar[2]));

        var histogram = Fields((byte[])Value(records[2], 4)[5]);
        Assert.Equal(4, Number(histogram, 3));
        Assert.Equal(10, Number(histogram, 5), 1e-9);
        var (limits, buckets) = (Doubles(histogram, 6), Doubles(histogram, 7));
        Assert.Equal(limits.Length, buckets.Length);
        Assert.Equal(4, buckets.Sum());
        Assert.Equal(2, buckets[Array.IndexOf(limits, 0)]);
        Assert.Equal(1, buckets[Array.IndexOf(limits, 4)]);

        var image = Fields((byte[])Value(records[3], 5)[4]);
        Assert.Equal((1ul, 2ul, 3ul), (image[1], image[2], image[3]));
        Assert.Equal([1, 2, 3], (byte[])image[4]);

        var text = Value(records[4], 0);
        Assert.Equal("text", Text(Fields((byte[])Fields((byte[])text[9])[1]), 1));
        var tensor = Fields((byte[])text[8]);
        Assert.Equal(7ul, tensor[1]);
        Assert.Equal("**bold**", Text(tensor, 8));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Each record's fields; lengths and checksums must be right.</summary>
    private static List<Dictionary<int, object>> Read(string path)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var records = new List<Dictionary<int, object>>();
        while (!bytes.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(Masked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var data = bytes.Slice(12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            records.Add(Fields(data.ToArray()));
            bytes = bytes[(16 + length)..];
        }
        return records;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private static Dictionary<int, object> Fields(byte[] message)
    {
        var fields = new Dictionary<int, object>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
            fields[WireFormat.GetTagFieldNumber(tag)] = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                _ => input.ReadBytes().ToByteArray(),
            };
        return fields;
    }

    private static Dictionary<int, object> Value(Dictionary<int, object> record, long step)
    {
        Assert.Equal(step, record.TryGetValue(2, out var given) ? (long)(ulong)given : 0);
        return Fields((byte[])Fields((byte[])record[5])[1]);
    }

    private static string Text(Dictionary<int, object> message, int field) => System.Text.Encoding.UTF8.GetString((byte[])message[field]);

    private static double Number(Dictionary<int, object> message, int field) => BitConverter.Int64BitsToDouble((long)(ulong)message[field]);

    private static double[] Doubles(Dictionary<int, object> message, int field) =>
        [.. ((byte[])message[field]).Chunk(8).Select(word => BitConverter.ToDouble(word))];
}
