using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Engine.Data;

/// <summary>A pair of data sets in one file, as it lies in memory: who opens it reads the features where they lie, unzips nothing and
/// hashes nothing.</summary>
/// <remarks>
/// For processes of one machine and one user, one of which has read the data. It is no format to keep: numbers have this machine's byte order.
/// <code>
/// "distributed data image 1\n"
/// key          32 bytes: of the job that the data was loaded for
/// parts        byte: 1 training, 2 training and test, 3 training, which is the test part too
/// each part    fingerprint (32 bytes), stored type (byte: 0 uint8, 1 float32), sample shape, targets, scaler, features
///   shape      rank (byte), extents (int32 each)
///   targets    kind (byte: 0 classes, 1 numbers, 2 class maps); count of classes (int32) or shape; height and width of maps; elements
///   scaler     scaling (int32), means, deviations
///   features   padding to a multiple of 64 bytes, elements
/// elements are a count (int64) and then the numbers
/// </code>
/// </remarks>
public static class DataImage
{
    /// <summary>Bytes of a key and of a fingerprint.</summary>
    public const int KeyBytes = SHA256.HashSizeInBytes;

    private const int Alignment = 64;

    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("distributed data image 1\n");

    private enum Parts : byte
    {
        Train = 1,
        TrainAndTest = 2,
        TrainIsTest = 3,
    }

    private enum Stored : byte
    {
        Bytes = 0,
        Floats = 1,
    }

    private enum Kind : byte
    {
        Labels = 0,
        Values = 1,
        ClassMaps = 2,
    }

    /// <summary>Whether there can be an image of these data: its samples are held in memory as they came. What lies in files that are read as memory
    /// is shared by processes already, and may not fit into memory.</summary>
    public static bool IsPossible(DataPair data) => data.Train is StoredDataSet { IsMapped: false } && data.Test is null or StoredDataSet { IsMapped: false };

    /// <summary>Writes an image from the file's beginning on.</summary>
    /// <param name="file">Empty.</param>
    /// <param name="key"><see cref="KeyBytes"/> bytes that tell what job the data was loaded for.</param>
    /// <exception cref="IOException">There is no room.</exception>
    /// <exception cref="NotSupportedException">It is not <see cref="IsPossible"/>.</exception>
    public static void Write(SafeFileHandle file, DataPair data, ReadOnlySpan<byte> key)
    {
        if (!IsPossible(data)) throw new NotSupportedException($"there is no image of {data.Train.GetType().Name} and {data.Test?.GetType().Name}");
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        var writer = new Writer(file);
        writer.Add(Magic);
        writer.Add(key);
        var isBoth = ReferenceEquals(data.Train, data.Test);
        writer.Add((byte)(data.Test is null ? Parts.Train : isBoth ? Parts.TrainIsTest : Parts.TrainAndTest));
        Write(writer, (StoredDataSet)data.Train);
        if (data.Test is not null && !isBoth) Write(writer, (StoredDataSet)data.Test);
    }

    /// <summary>The data of an image, whose features stay in the file.</summary>
    /// <param name="file">Taken over; never to be written or made shorter from now on.</param>
    /// <param name="key">What it was written with.</param>
    /// <exception cref="DataException">It is no whole image, or one of another key.</exception>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static DataPair Read(SafeFileHandle file, ReadOnlySpan<byte> key)
    {
        if (RandomAccess.GetLength(file) == 0)
        {
            file.Dispose();
            throw new DataException("a data image is wanted, the file is empty");
        }
        try
        {
            return Read(new Reader(new MappedFile(file)), key);
        }
        catch (ShapeException wrong)
        {
            throw new DataException($"a data image has a wrong shape: {wrong.Message}", wrong);
        }
    }

    private static DataPair Read(Reader reader, ReadOnlySpan<byte> key)
    {
        if (!reader.Take<byte>(Magic.Length).SequenceEqual(Magic)) throw new DataException("the file is no data image");
        if (!reader.Take<byte>(KeyBytes).SequenceEqual(key)) throw new DataException("the data image is of another job");
        var parts = (Parts)reader.Take<byte>();
        if (!Enum.IsDefined(parts)) throw new DataException($"a data image has parts of kind 1 to 3, got {(int)parts}");
        var train = Read(reader);
        return new DataPair(train, parts switch { Parts.Train => null, Parts.TrainIsTest => train, _ => Read(reader) });
    }

    private static void Write(Writer writer, StoredDataSet set)
    {
        writer.Add(set.Fingerprint);
        writer.Add((byte)(set is ByteImageDataSet ? Stored.Bytes : Stored.Floats));
        writer.Add(set.SampleShape);
        switch (set.Targets)
        {
            case LabelTargets labels:
                writer.Add((byte)Kind.Labels);
                writer.Add(labels.Target.Count);
                writer.AddAll(labels.Labels);
                break;
            case ValueTargets values:
                writer.Add((byte)Kind.Values);
                writer.Add(values.Target.Values);
                writer.AddAll(values.Values);
                break;
            case ClassMapTargets maps:
                writer.Add((byte)Kind.ClassMaps);
                writer.Add(maps.Target.Count);
                writer.Add(maps.Target.Height);
                writer.Add(maps.Target.Width);
                writer.AddAll(maps.Maps);
                break;
            default:
                throw new NotSupportedException($"there is no image of {set.Targets.GetType().Name}");
        }
        writer.Add((int)set.Scaler.Scaling);
        writer.AddAll(set.Scaler.Means.AsSpan());
        writer.AddAll(set.Scaler.Deviations.AsSpan());
        writer.Pad();
        set.ForEachStoredRun(writer.Add);
    }

    private static StoredDataSet Read(Reader reader)
    {
        var fingerprint = reader.Take<byte>(KeyBytes);
        var stored = (Stored)reader.Take<byte>();
        var shape = reader.TakeShape();
        var targets = ReadTargets(reader);
        var scaler = Scaler.Of((Scaling)reader.Take<int>(), reader.TakeAll<float>(), reader.TakeAll<float>());
        var elements = (long)targets.Count * shape.SampleElements;
        return stored switch
        {
            Stored.Bytes => new ByteImageDataSet(reader.TakeFeatures<byte>(elements), targets, shape, scaler) { KnownFingerprint = fingerprint },
            Stored.Floats => new MemoryDataSet(reader.TakeFeatures<float>(elements), targets, shape, scaler) { KnownFingerprint = fingerprint },
            _ => throw new DataException($"a data image has features of type 0 or 1, got {(int)stored}"),
        };
    }

    private static SampleTargets ReadTargets(Reader reader)
    {
        switch ((Kind)reader.Take<byte>())
        {
            case Kind.Labels:
                var classes = reader.Take<int>();
                return new LabelTargets(reader.TakeAll<int>().ToArray(), classes);
            case Kind.Values:
                var shape = reader.TakeShape();
                return new ValueTargets(reader.TakeAll<float>().ToArray(), shape);
            case Kind.ClassMaps:
                var (count, height, width) = (reader.Take<int>(), reader.Take<int>(), reader.Take<int>());
                if (height < 1 || width < 1 || (long)height * width > int.MaxValue) throw new DataException($"a data image has class maps of {height}x{width}");
                return new ClassMapTargets(reader.TakeAll<byte>().ToArray(), count, height, width);
            case var other:
                throw new DataException($"a data image has targets of kind 0 to 2, got {(int)other}");
        }
    }

    private sealed class Writer(SafeFileHandle file)
    {
        private long _end;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(file, bytes, _end);
            _end += bytes.Length;
        }

        public void Add(byte value) => Add([value]);

        public void Add(int value) => Add(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

        public void Add(Shape shape)
        {
            Add((byte)shape.Rank);
            foreach (var extent in shape.Extents) Add(extent);
        }

        public void AddAll<T>(ReadOnlySpan<T> elements)
            where T : unmanaged
        {
            long count = elements.Length;
            Add(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in count)));
            Add(MemoryMarshal.AsBytes(elements));
        }

        /// <summary>As many bytes as are missing to a multiple of <see cref="Alignment"/>.</summary>
        public void Pad() => Add(new byte[Padding(_end)]);
    }

    private sealed class Reader(MappedFile file)
    {
        private long _next;

        public ReadOnlySpan<T> Take<T>(long count)
            where T : unmanaged => Next<T>(count).Span;

        public T Take<T>()
            where T : unmanaged => MemoryMarshal.Read<T>(MemoryMarshal.AsBytes(Take<T>(1)));

        public ReadOnlySpan<T> TakeAll<T>()
            where T : unmanaged => Take<T>(Take<long>());

        public ReadOnlyMemory<T> TakeFeatures<T>(long count)
            where T : unmanaged
        {
            Take<byte>(Padding(_next));
            return Next<T>(count);
        }

        public Shape TakeShape()
        {
            var rank = Take<byte>();
            if (rank > Shape.MaxRank) throw new DataException($"a data image has shapes of at most {Shape.MaxRank} dimensions, got {rank}");
            var extents = Take<int>(rank);
            foreach (var extent in extents)
                if (extent < 1) throw new DataException($"a data image has extents of at least 1, got {extent}");
            return new Shape(extents);
        }

        private unsafe ReadOnlyMemory<T> Next<T>(long count)
            where T : unmanaged
        {
            if (count < 0 || count > Math.Min(Array.MaxLength, (file.Length - _next) / sizeof(T)))
                throw new DataException($"the data image ends at {file.Length} bytes, {count} elements of {sizeof(T)} bytes are wanted from {_next} on");
            var elements = file.Slice<T>(_next, (int)count);
            _next += count * sizeof(T);
            return elements;
        }
    }

    private static int Padding(long end) => (int)(-end & (Alignment - 1));
}
