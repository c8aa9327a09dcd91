using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Testing;

namespace Distributed.Simulations.Jobs;

/// <summary>A data set that tells which samples are read.</summary>
internal sealed class WatchedData(DataSet data, Action<int[]> read) : DataAround(data)
{
    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        read(indices.ToArray());
        base.CopyFeatures(indices, features);
    }
}
