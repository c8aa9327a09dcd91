using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Worker.Shipping;

/// <summary>How data and its samples are said on the wire, for those who lack them.</summary>
public static class SampleRecords
{
    /// <summary>Bytes of a sample's record: its features, float32 or a byte each (<see cref="DataSet.Palette"/>), and its target, float32.</summary>
    public static long Bytes(DataSet data) => Bytes(data.SampleShape, data.Target, !data.Palette.IsEmpty);

    public static long Bytes(Shape shape, Target target, bool hasPalette) =>
        (hasPalette ? 1 : sizeof(float)) * (long)shape.SampleElements + sizeof(float) * (long)target.Shape.SampleElements;

    /// <summary>The set whose samples are shipped: what is made of it alone (an autoencoder's target) is made anew where they arrive.</summary>
    public static DataSet Source(DataSet data) => data is ReconstructionDataSet made ? made.Source : data;

    /// <summary>A part as others need to know it; null: its samples are too large to be shipped.</summary>
    public static DataPart? Describe(DataSet data)
    {
        if (Bytes(data) > FrameLimits.MaxShippedBytes) return null;
        var part = new DataPart { Samples = (uint)data.Count, Classes = (uint)data.Classes, Fingerprint = ByteString.CopyFrom(data.Fingerprint) };
        if (!data.Palette.IsEmpty)
        {
            var palette = new byte[FrameLimits.PaletteBytes];
            ToWire(data.Palette, palette);
            part.Palette = ByteString.CopyFrom(palette);
        }
        Add(part.Shape, data.SampleShape);
        part.Target = data.Target switch
        {
            ClassTarget => DataPart.Types.Target.Class,
            ClassMapTarget => DataPart.Types.Target.ClassMap,
            _ => DataPart.Types.Target.Values,
        };
        if (part.Target != DataPart.Types.Target.Class) Add(part.TargetShape, data.Target.Shape);
        return part;

        static void Add(ICollection<uint> to, Shape shape)
        {
            foreach (var extent in shape.Extents) to.Add((uint)extent);
        }
    }

    /// <summary>Count, shape, target and fingerprint of a part.</summary>
    /// <exception cref="JobLoadException">There is no such data.</exception>
    public static (int Count, Shape Shape, Target Target) Read(DataPart part)
    {
        try
        {
            if (part.Palette.Length is not (0 or FrameLimits.PaletteBytes)) throw new DataException($"a palette of {part.Palette.Length} bytes");
            if (part.Samples is < 1 or > int.MaxValue || part.Fingerprint.Length != 32) throw new DataException($"{part.Samples} samples with a fingerprint of {part.Fingerprint.Length} bytes");
            Target target = part.Target switch
            {
                DataPart.Types.Target.Class => new ClassTarget((int)part.Classes),
                DataPart.Types.Target.Values => new ValueTarget(ShapeOf(part.TargetShape)),
                DataPart.Types.Target.ClassMap when part.TargetShape.Count == 2 => new ClassMapTarget((int)part.Classes, Extent(part.TargetShape[0]), Extent(part.TargetShape[1])),
                _ => throw new DataException($"a target of kind {part.Target} and {part.TargetShape.Count} dimensions"),
            };
            var shape = ShapeOf(part.Shape);
            var bytes = Bytes(shape, target, !part.Palette.IsEmpty);
            return bytes <= FrameLimits.MaxShippedBytes ? ((int)part.Samples, shape, target) : throw new DataException($"samples of {bytes} bytes");
        }
        catch (Exception wrong) when (wrong is DataException or ShapeException or OverflowException)
        {
            throw new JobLoadException($"the coordinator describes data that cannot be: {wrong.Message}", wrong);
        }

        static Shape ShapeOf(IList<uint> extents) => new([.. extents.Select(Extent)]);

        static int Extent(uint extent) => extent is >= 1 and <= int.MaxValue ? (int)extent : throw new DataException($"an extent of {extent}");
    }

    /// <summary>The records of samples, one after another: <see cref="Bytes(DataSet)"/> each.</summary>
    public static byte[] Of(DataSet data, ReadOnlySpan<int> samples)
    {
        var (floats, targets) = (new float[data.SampleShape.SampleElements], new float[data.Target.Shape.SampleElements]);
        var records = new byte[checked(samples.Length * (int)Bytes(data))];
        var rest = records.AsSpan();
        for (var i = 0; i < samples.Length; i++)
        {
            var sample = samples.Slice(i, 1);
            if (data.Palette.IsEmpty)
            {
                data.CopyFeatures(sample, floats);
                rest = ToWire(floats, rest);
            }
            else
            {
                data.CopyNumbers(sample, rest[..floats.Length]);
                rest = rest[floats.Length..];
            }
            data.CopyTargets(sample, targets);
            rest = ToWire(targets, rest);
        }
        return records;
    }

    /// <summary>Writes numbers as they are in a record.</summary>
    /// <returns>What is left of the room for them.</returns>
    private static Span<byte> ToWire(ReadOnlySpan<float> numbers, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(numbers).CopyTo(bytes);
        else
            for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(sizeof(float) * i)..], numbers[i]);
        return bytes[(sizeof(float) * numbers.Length)..];
    }

    /// <summary>Reads as many numbers as there is room for.</summary>
    public static void FromWire(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        if (BitConverter.IsLittleEndian) bytes[..(sizeof(float) * numbers.Length)].CopyTo(MemoryMarshal.AsBytes(numbers));
        else
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(sizeof(float) * i)..]);
    }
}
