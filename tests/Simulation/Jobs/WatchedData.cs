using Distributed.Engine;
using Distributed.Engine.Data;

namespace Distributed.Simulations.Jobs;

/// <summary>A data set that tells which samples are read.</summary>
internal sealed class WatchedData(DataSet data, Action<int[]> read) : DataSet
{
    public override int Count => data.Count;

    public override Shape SampleShape => data.SampleShape;

    public override Target Target => data.Target;

    public override byte[] Fingerprint => data.Fingerprint;

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        read(indices.ToArray());
        data.CopyFeatures(indices, features);
    }

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets) => data.CopyTargets(indices, targets);
}
