using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Training;

/// <summary>Samples of one feature row and one target number each, whatever the numbers: files with NaN are refused when they are read.</summary>
internal sealed class Numbers(int width, float[] features, float[] targets) : DataSet
{
    public override int Count => targets.Length;

    public override Shape SampleShape { get; } = new(width);

    public override Target Target { get; } = new ValueTarget(new Shape(1));

    public override byte[] Fingerprint => [];

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> written)
    {
        for (var i = 0; i < indices.Length; i++) features.AsSpan(indices[i] * width, width).CopyTo(written[(i * width)..]);
    }

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> written)
    {
        for (var i = 0; i < indices.Length; i++) written[i] = targets[indices[i]];
    }
}
