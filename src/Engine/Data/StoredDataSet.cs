using System.Security.Cryptography;

namespace Distributed.Engine.Data;

/// <summary>A data set that holds its samples in memory as they came, and scales them as they are copied out.</summary>
public abstract class StoredDataSet : DataSet
{
    private readonly int[] _labels;
    private byte[]? _fingerprint;

    /// <exception cref="DataException">There is no sample, a label is not 0..classes−1, the stored elements are not
    /// labels.Length · sampleShape, or the scaler is of other features.</exception>
    private protected StoredDataSet(int storedElements, int[] labels, Shape sampleShape, int classes, Scaler scaler)
    {
        if (sampleShape.IsBatched) throw new DataException($"a sample's shape has no batch dimension, got {sampleShape}");
        if (labels.Length == 0) throw new DataException("a data set has at least one sample, got none");
        if (classes < 1) throw new DataException($"a data set has at least one class, got {classes}");
        if (storedElements != (long)labels.Length * sampleShape.SampleElements)
            throw new DataException($"{labels.Length} labels with samples of {sampleShape} want " +
                $"{(long)labels.Length * sampleShape.SampleElements} features, got {storedElements}");
        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes)
                throw new DataException($"sample {i} has label {labels[i]}; with {classes} classes labels are 0 to {classes - 1}");
        scaler.CheckFits(sampleShape);
        (_labels, SampleShape, Classes, Scaler) = (labels, sampleShape, classes, scaler);
        SampleElements = sampleShape.SampleElements;
    }

    public sealed override int Count => _labels.Length;

    public sealed override Shape SampleShape { get; }

    public sealed override int Classes { get; }

    public Scaler Scaler { get; }

    protected int SampleElements { get; }

    public ReadOnlySpan<int> Labels => _labels;

    public sealed override int Label(int index) => _labels[index];

    public sealed override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        if (features.Length != (long)indices.Length * SampleElements)
            throw new ArgumentException($"{indices.Length} samples of {SampleShape} have {(long)indices.Length * SampleElements} " +
                $"features, got room for {features.Length}", nameof(features));
        for (var i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(indices), indices[i], $"samples are 0 to {Count - 1}");
            CopySample(indices[i], features.Slice(i * SampleElements, SampleElements));
        }
    }

    /// <summary>The scaler of <paramref name="scaling"/> with statistics of all samples of this set, taken before any scaling.</summary>
    public Scaler FitScaler(Scaling scaling) => scaling switch
    {
        Scaling.None => Scaler.None,
        Scaling.Unit => Scaler.Unit,
        Scaling.Standardize => FitGlobal(),
        Scaling.StandardizePerFeature => FitPerFeature(),
        _ => throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "no such scaling"),
    };

    /// <summary>The same stored samples (shared, not copied) under another scaler, which replaces the one at hand.</summary>
    public abstract StoredDataSet WithScaler(Scaler scaler);

    /// <summary>A copy of some samples, in the order given, under the same scaler.</summary>
    public abstract StoredDataSet Select(ReadOnlySpan<int> indices);

    /// <remarks>Computed at the first call, then kept. Goes over the samples as stored (float or byte) and the scaler.</remarks>
    public sealed override byte[] Fingerprint => [.. _fingerprint ??= ComputeFingerprint()];

    private protected abstract void CopySample(int index, Span<float> features);

    private protected abstract Scaler FitGlobal();

    private protected abstract Scaler FitPerFeature();

    /// <summary>The name of the stored element type, part of the fingerprint.</summary>
    private protected abstract string StoredType { get; }

    private protected abstract void AppendFeatures(IncrementalHash hash);

    private protected int[] SelectLabels(ReadOnlySpan<int> indices)
    {
        var labels = new int[indices.Length];
        for (var i = 0; i < labels.Length; i++) labels[i] = _labels[indices[i]];
        return labels;
    }

    private protected T[] SelectFeatures<T>(T[] features, ReadOnlySpan<int> indices)
    {
        var selected = new T[checked(indices.Length * SampleElements)];
        for (var i = 0; i < indices.Length; i++)
            Array.Copy(features, indices[i] * SampleElements, selected, i * SampleElements, SampleElements);
        return selected;
    }

    private byte[] ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendText($"distributed data 1 {StoredType} shape {SampleShape} classes {Classes} samples {Count} " +
            $"scaling {Scaler.Scaling}\n");
        hash.AppendFloats(Scaler.Means.AsSpan());
        hash.AppendFloats(Scaler.Deviations.AsSpan());
        AppendFeatures(hash);
        hash.AppendInts(_labels);
        return hash.GetHashAndReset();
    }
}
