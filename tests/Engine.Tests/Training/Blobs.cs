using Distributed.Engine.Data;

namespace Distributed.Engine.Tests.Training;

/// <summary>Seeded clouds of points, one a class: features near a corner that the class picks.</summary>
internal sealed class Blobs : DataSet
{
    private readonly float[] _features;
    private readonly int[] _labels;

    public Blobs(int count, Shape sampleShape, int classes, int seed)
    {
        (Count, SampleShape, Target) = (count, sampleShape, new ClassTarget(classes));
        var random = new Random(seed);
        var width = sampleShape.SampleElements;
        _features = new float[count * width];
        _labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            _labels[i] = random.Next(classes);
            for (var j = 0; j < width; j++)
                _features[(i * width) + j] = (float)((2 * random.NextDouble()) - 1 + (j % classes == _labels[i] ? 1 : 0));
        }
    }

    public override int Count { get; }

    public override Shape SampleShape { get; }

    public override Target Target { get; }

    public override byte[] Fingerprint => [];

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets)
    {
        for (var i = 0; i < indices.Length; i++) targets[i] = _labels[indices[i]];
    }

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        var width = SampleShape.SampleElements;
        for (var i = 0; i < indices.Length; i++)
            _features.AsSpan(indices[i] * width, width).CopyTo(features[(i * width)..]);
    }
}
