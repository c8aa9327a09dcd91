using System.Security.Cryptography;

namespace Distributed.Engine.Data;

/// <summary>A data set that has its samples as they came, in memory or in files, and scales them as they are copied out.</summary>
public abstract class StoredDataSet : DataSet
{
    /// <summary>How many samples before its turn one is asked for.</summary>
    private const int SamplesAhead = 2;

    private byte[]? _fingerprint;

    /// <summary>For who knows the fingerprint of these very samples already.</summary>
    internal ReadOnlySpan<byte> KnownFingerprint { init => _fingerprint = value.ToArray(); }

    /// <exception cref="DataException">There is no sample, the stored elements are not targets.Count · sampleShape, or the scaler is of
    /// other features.</exception>
    private protected StoredDataSet(long storedElements, SampleTargets targets, Shape sampleShape, Scaler scaler)
    {
        if (sampleShape.IsBatched) throw new DataException($"a sample's shape has no batch dimension, got {sampleShape}");
        if (targets.Count == 0) throw new DataException("a data set has at least one sample, got none");
        if (storedElements != (long)targets.Count * sampleShape.SampleElements)
            throw new DataException($"{targets.Count} labels with samples of {sampleShape} want " +
                $"{(long)targets.Count * sampleShape.SampleElements} features, got {storedElements}");
        scaler.CheckFits(sampleShape);
        (Targets, SampleShape, Scaler) = (targets, sampleShape, scaler);
        SampleElements = sampleShape.SampleElements;
    }

    public SampleTargets Targets { get; }

    public sealed override int Count => Targets.Count;

    public sealed override Shape SampleShape { get; }

    public sealed override Target Target => Targets.Target;

    public Scaler Scaler { get; }

    protected int SampleElements { get; }

    /// <summary>The class of each sample.</summary>
    /// <exception cref="InvalidOperationException">The targets are no classes.</exception>
    public ReadOnlySpan<int> Labels =>
        Targets is LabelTargets labels ? labels.Labels : throw new InvalidOperationException($"the data has {Target}: no label a sample");

    public sealed override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        if (features.Length != (long)indices.Length * SampleElements)
            throw new ArgumentException($"{indices.Length} samples of {SampleShape} have {(long)indices.Length * SampleElements} " +
                $"features, got room for {features.Length}", nameof(features));
        CheckIndices(indices);
        for (var i = 0; i < indices.Length; i++)
        {
            if (i + SamplesAhead < indices.Length) Ask(indices[i + SamplesAhead]);
            CopySample(indices[i], features.Slice(i * SampleElements, SampleElements));
        }
    }

    public sealed override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets)
    {
        var width = Target.Shape.SampleElements;
        if (targets.Length != (long)indices.Length * width)
            throw new ArgumentException($"{indices.Length} targets of shape {Target.Shape} have {(long)indices.Length * width} elements, " +
                $"got room for {targets.Length}", nameof(targets));
        CheckIndices(indices);
        for (var i = 0; i < indices.Length; i++) Targets.CopyTo(indices[i], targets.Slice(i * width, width));
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

    /// <summary>Asks for the memory of a sample that is copied soon; it need do nothing.</summary>
    private protected virtual void Ask(int index)
    {
    }

    private protected abstract Scaler FitGlobal();

    private protected abstract Scaler FitPerFeature();

    /// <summary>The name of the stored element type, part of the fingerprint.</summary>
    private protected abstract string StoredType { get; }

    /// <summary>Whether the features are left in files.</summary>
    internal abstract bool IsMapped { get; }

    /// <summary>The features as they lie in memory, in this machine's byte order, in pieces.</summary>
    internal abstract void ForEachStoredRun(SampleBytes.RunAction act);

    private protected abstract void AppendFeatures(IncrementalHash hash);

    private protected T[] SelectFeatures<T>(ReadOnlySpan<T> features, ReadOnlySpan<int> indices)
    {
        var selected = new T[checked(indices.Length * SampleElements)];
        for (var i = 0; i < indices.Length; i++)
            features.Slice(indices[i] * SampleElements, SampleElements).CopyTo(selected.AsSpan(i * SampleElements));
        return selected;
    }

    private byte[] ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var kind = Target switch
        {
            ClassTarget classes => $"classes {classes.Count}",
            ClassMapTarget map => $"classes {map.Count} map {map.Shape}",
            _ => $"values {Target.Shape}",
        };
        hash.AppendText($"distributed data 1 {StoredType} shape {SampleShape} {kind} samples {Count} scaling {Scaler.Scaling}\n");
        hash.AppendFloats(Scaler.Means.AsSpan());
        hash.AppendFloats(Scaler.Deviations.AsSpan());
        AppendFeatures(hash);
        Targets.AppendTo(hash);
        return hash.GetHashAndReset();
    }

    private void CheckIndices(ReadOnlySpan<int> indices)
    {
        foreach (var index in indices)
            if ((uint)index >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"samples are 0 to {Count - 1}");
    }
}
