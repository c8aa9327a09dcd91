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
    private readonly int _features;
    private readonly int _targets;

    /// <exception cref="JobLoadException">There is no such data, or no place for it.</exception>
    public ShippedDataSet(DataPart part, ISampleCache cache)
    {
        (Count, SampleShape, Target) = SampleRecords.Read(part);
        (_features, _targets, _fingerprint) = (SampleShape.SampleElements, Target.Shape.SampleElements, part.Fingerprint.ToByteArray());
        _store = cache.Open(_fingerprint, Count, RecordBytes);
    }

    public override int Count { get; }

    public override Shape SampleShape { get; }

    public override Target Target { get; }

    public int RecordBytes => sizeof(float) * (_features + _targets);

    /// <summary>The samples that were there when this was made.</summary>
    public IReadOnlyList<int> Held => _store.Held;

    /// <remarks>As the coordinator has told it.</remarks>
    public override byte[] Fingerprint => [.. _fingerprint];

    /// <summary>Keeps the record of a sample.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public void Write(int sample, ReadOnlySpan<byte> record) => _store.Write(sample, record);

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features) => Copy(indices, features, 0, _features);

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets) => Copy(indices, targets, _features, _targets);

    private void Copy(ReadOnlySpan<int> indices, Span<float> numbers, int first, int count)
    {
        var record = new byte[RecordBytes];
        for (var i = 0; i < indices.Length; i++)
        {
            _store.Read(indices[i], record);
            SampleRecords.FromWire(record.AsSpan(sizeof(float) * first), numbers.Slice(i * count, count));
        }
    }
}
