using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distributed.Engine.Data;

/// <summary>Samples held as floats.</summary>
public sealed class MemoryDataSet : StoredDataSet
{
    private readonly ReadOnlyMemory<float> _features;

    /// <param name="features">labels.Length · sampleShape elements, row-major; kept, so the caller changes it no more.</param>
    /// <param name="labels">0..classes−1 each; kept.</param>
    /// <param name="scaler">null: features are used as they are.</param>
    /// <exception cref="DataException">Counts do not fit, or a label is out of range.</exception>
    public MemoryDataSet(float[] features, int[] labels, Shape sampleShape, int classes, Scaler? scaler = null)
        : this(features, new LabelTargets(labels, classes), sampleShape, scaler)
    {
    }

    /// <param name="features">targets.Count · sampleShape elements, row-major; kept, so the caller changes it no more.</param>
    /// <param name="scaler">null: features are used as they are.</param>
    /// <exception cref="DataException">Counts do not fit.</exception>
    public MemoryDataSet(float[] features, SampleTargets targets, Shape sampleShape, Scaler? scaler = null)
        : this(features.AsMemory(), targets, sampleShape, scaler)
    {
    }

    /// <summary>As the other, with features that lie anywhere.</summary>
    internal MemoryDataSet(ReadOnlyMemory<float> features, SampleTargets targets, Shape sampleShape, Scaler? scaler)
        : base(features.Length, targets, sampleShape, scaler ?? Scaler.None) => _features = features;

    public override MemoryDataSet WithScaler(Scaler scaler) => new(_features, Targets, SampleShape, scaler);

    public override MemoryDataSet Select(ReadOnlySpan<int> indices) =>
        new(SelectFeatures(_features.Span, indices), Targets.Select(indices), SampleShape, Scaler);

    private protected override void CopySample(int index, Span<float> features)
    {
        _features.Span.Slice(index * SampleElements, SampleElements).CopyTo(features);
        Scaler.Apply(features);
    }

    /// <remarks>Two passes, each adding in double precision in storage order: Σx / n, then Σ(x − mean)² / n.</remarks>
    private protected override Scaler FitGlobal()
    {
        double sum = 0, squares = 0;
        foreach (var x in _features.Span) sum += x;
        var mean = sum / _features.Length;
        foreach (var x in _features.Span) squares += (x - mean) * (x - mean);
        return Scaler.Standardize(mean, Math.Sqrt(squares / _features.Length));
    }

    /// <remarks>As <see cref="FitGlobal"/> for each feature, over samples in order.</remarks>
    private protected override Scaler FitPerFeature()
    {
        var features = _features.Span;
        var (means, deviations) = (new double[SampleElements], new double[SampleElements]);
        for (var i = 0; i < features.Length; i++) means[i % SampleElements] += features[i];
        for (var j = 0; j < SampleElements; j++) means[j] /= Count;
        for (var i = 0; i < features.Length; i++)
        {
            var difference = features[i] - means[i % SampleElements];
            deviations[i % SampleElements] += difference * difference;
        }
        for (var j = 0; j < SampleElements; j++) deviations[j] = Math.Sqrt(deviations[j] / Count);
        return Scaler.StandardizePerFeature(means, deviations);
    }

    private protected override string StoredType => "float32";

    internal override bool IsMapped => false;

    internal override void ForEachStoredRun(SampleBytes.RunAction act) => act(MemoryMarshal.AsBytes(_features.Span));

    private protected override void AppendFeatures(IncrementalHash hash) => hash.AppendFloats(_features.Span);
}
