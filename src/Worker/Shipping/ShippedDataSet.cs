using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Protocol;

namespace Distributed.Worker.Shipping;

/// <summary>A part of the data whose samples come from the coordinator: it reads those that have come, scaled already.</summary>
/// <remarks>Invariant: a sample is read only after its record was written. Who gives out work sees to that (<see cref="ShippedSamples"/>).</remarks>
public sealed class ShippedDataSet : DataSet
{
    private readonly ISampleStore _store;
    private readonly byte[] _fingerprint;
    private readonly float[] _palette;

    /// <exception cref="JobLoadException">There is no such data, or no place for it.</exception>
    public ShippedDataSet(DataPart part, ISampleCache cache)
    {
        (Count, SampleShape, Target) = SampleRecords.Read(part);
        (_fingerprint, _palette) = (part.Fingerprint.ToByteArray(), new float[part.Palette.Length / sizeof(float)]);
        SampleRecords.FromWire(part.Palette.Span, _palette);
        RecordBytes = (int)SampleRecords.Bytes(SampleShape, Target, _palette.Length > 0);
        _store = cache.Open(_fingerprint, Count, RecordBytes);
    }

    public override int Count { get; }

    public override Shape SampleShape { get; }

    public override Target Target { get; }

    /// <summary>Of each sample.</summary>
    public int RecordBytes { get; }

    /// <summary>The samples that were there when this was made.</summary>
    public IReadOnlyList<int> Held => _store.Held;

    /// <remarks>As the coordinator has told it.</remarks>
    public override byte[] Fingerprint => [.. _fingerprint];

    /// <summary>Keeps the record of a sample.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(int sample, ReadOnlySpan<byte> record) => _store.Write(sample, record);

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        var record = new byte[RecordBytes];
        var count = SampleShape.SampleElements;
        for (var i = 0; i < indices.Length; i++)
        {
            _store.Read(indices[i], record);
            var sample = features.Slice(i * count, count);
            if (_palette.Length == 0) SampleRecords.FromWire(record, sample);
            else
                for (var j = 0; j < count; j++) sample[j] = _palette[record[j]];
        }
    }

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets)
    {
        var record = new byte[RecordBytes];
        var count = Target.Shape.SampleElements;
        for (var i = 0; i < indices.Length; i++)
        {
            _store.Read(indices[i], record);
            SampleRecords.FromWire(record.AsSpan(RecordBytes - sizeof(float) * count), targets.Slice(i * count, count));
        }
    }
}
