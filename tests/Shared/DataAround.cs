using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Testing;

/// <summary>A data set around another, which differs from it in what it does when features are read.</summary>
internal abstract class DataAround(DataSet data) : DataSet
{
    public override int Count => data.Count;

    public override Shape SampleShape => data.SampleShape;

    public override Target Target => data.Target;

    public override byte[] Fingerprint => data.Fingerprint;

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets) => data.CopyTargets(indices, targets);

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features) => data.CopyFeatures(indices, features);
}
