using System.Security.Cryptography;

namespace Distributed.Engine.Data;

/// <summary>The samples of another set with their own features as the target: what an autoencoder learns.</summary>
public sealed class ReconstructionDataSet(DataSet source) : DataSet
{
    /// <summary>The set around which this is.</summary>
    public DataSet Source => source;

    public override int Count => source.Count;

    public override Shape SampleShape => source.SampleShape;

    public override ValueTarget Target { get; } = new(source.SampleShape);

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features) => source.CopyFeatures(indices, features);

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets) => source.CopyFeatures(indices, targets);

    public override byte[] Fingerprint => SHA256.HashData([.. "distributed reconstruction 1\n"u8, .. source.Fingerprint]);
}
