using System.Buffers.Binary;
using System.Globalization;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Coordinator.Runs.TensorBoard;

/// <summary>Writes an event file that TensorBoard reads.</summary>
/// <remarks>
/// A record is the length of its data (8 bytes, little-endian), a checksum of those 8 bytes, the data, and a checksum of the data; a checksum is CRC-32C,
/// turned right by 15 bits and with 0xA282EAD8 added. The data is a protobuf message Event. Formats: tensorflow/core/lib/io/record_writer.h,
/// tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, all of the TensorFlow project.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _file;

    private EventFile(FileStream file) => _file = file;

    /// <summary>Begins a new file in a folder that need not exist.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static EventFile Create(string folder, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        string path;
        var number = 0;
        do path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{now.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}.{number++}"));
        while (File.Exists(path));
        var events = new EventFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        events.Write(now, 0, message => message.Text(3, "brain.Event:2"));
        return events;
    }

    public void Scalar(string tag, long step, double value, DateTimeOffset at) =>
        Write(at, step, message => message.Nested(5, summary => summary.Nested(1, one => one.Text(1, tag).Float(2, (float)value))));

    /// <param name="counts">Of <see cref="MagnitudeHistogram.Limits"/>.</param>
    /// <param name="norm">Euclidean, of what is counted.</param>
    public void Histogram(string tag, long step, IReadOnlyList<long> counts, double norm, DateTimeOffset at)
    {
        var limits = MagnitudeHistogram.Limits;
        var (first, last) = (0, counts.Count - 1);
        while (first < last && counts[first] == 0) first++;
        while (last > first && counts[last] == 0) last--;
        var (number, sum) = (0L, 0.0);
        for (var i = first; i <= last; i++) (number, sum) = (number + counts[i], sum + counts[i] * Middle(i));
        Write(at, step, message => message.Nested(5, summary => summary.Nested(1, one => one.Text(1, tag).Nested(5, histogram => histogram
            .Double(1, first == 0 ? -Bound : limits[first - 1]).Double(2, Math.Min(Bound, limits[last])).Double(3, number).Double(4, sum).Double(5, norm * norm)
            .Doubles(6, Enumerable.Range(first, last - first + 1).Select(i => limits[i]))
            .Doubles(7, Enumerable.Range(first, last - first + 1).Select(i => (double)counts[i]))))));
    }

    /// <param name="png">The file's bytes.</param>
    public void Image(string tag, long step, int width, int height, int channels, byte[] png, DateTimeOffset at) =>
        Write(at, step, message => message.Nested(5, summary => summary.Nested(1, one => one.Text(1, tag)
            .Nested(4, image => image.Number(1, height).Number(2, width).Number(3, channels).Bytes(4, png)))));

    /// <param name="text">Markdown.</param>
    public void Text(string tag, string text, DateTimeOffset at) =>
        Write(at, 0, message => message.Nested(5, summary => summary.Nested(1, one => one.Text(1, tag)
            .Nested(9, metadata => metadata.Nested(1, plugin => plugin.Text(1, "text")))
            .Nested(8, tensor => tensor.Number(1, StringType).Nested(2, shape => shape.Nested(2, extent => extent.Number(1, 1))).Text(8, text)))));

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    /// <summary>The magnitude that stands for the outermost buckets.</summary>
    private const double Bound = 512;

    /// <summary>DT_STRING of tensorflow/core/framework/types.proto.</summary>
    private const int StringType = 7;

    internal static uint Masked(ReadOnlySpan<byte> bytes) => uint.RotateRight(Crc32C.Of(bytes), 15) + 0xA282EAD8;

    private static double Middle(int bucket)
    {
        var limits = MagnitudeHistogram.Limits;
        var (low, high) = (bucket == 0 ? -Bound : limits[bucket - 1], Math.Min(Bound, limits[bucket]));
        return (low + high) / 2;
    }

    private void Write(DateTimeOffset at, long step, Action<Message> what)
    {
        var message = new Message();
        message.Double(1, at.ToUnixTimeMilliseconds() / 1000.0);
        if (step != 0) message.Number(2, step);
        what(message);
        var data = message.ToArray();
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)data.Length);
        _file.Write(word);
        WriteCheck(word);
        _file.Write(data);
        WriteCheck(data);
    }

    private void WriteCheck(ReadOnlySpan<byte> bytes)
    {
        Span<byte> check = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(check, Masked(bytes));
        _file.Write(check);
    }

    /// <summary>A protobuf message, field by field.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();
        private readonly CodedOutputStream _output;

        public Message() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

        public Message Number(int field, long value) => Add(field, WireFormat.WireType.Varint, () => _output.WriteInt64(value));

        public Message Float(int field, float value) => Add(field, WireFormat.WireType.Fixed32, () => _output.WriteFloat(value));

        public Message Double(int field, double value) => Add(field, WireFormat.WireType.Fixed64, () => _output.WriteDouble(value));

        public Message Text(int field, string value) => Add(field, WireFormat.WireType.LengthDelimited, () => _output.WriteString(value));

        public Message Bytes(int field, byte[] value) => Add(field, WireFormat.WireType.LengthDelimited, () => _output.WriteBytes(ByteString.CopyFrom(value)));

        public Message Doubles(int field, IEnumerable<double> values)
        {
            var packed = new Message();
            foreach (var value in values) packed._output.WriteDouble(value);
            return Bytes(field, packed.ToArray());
        }

        public Message Nested(int field, Action<Message> what)
        {
            var nested = new Message();
            what(nested);
            return Bytes(field, nested.ToArray());
        }

        public byte[] ToArray()
        {
            _output.Flush();
            return _bytes.ToArray();
        }

        private Message Add(int field, WireFormat.WireType type, Action write)
        {
            _output.WriteTag(field, type);
            write();
            return this;
        }
    }
}
