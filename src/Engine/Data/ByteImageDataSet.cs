using System.Security.Cryptography;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Data;

/// <summary>Images held as bytes, a quarter of the memory of floats; they become floats when they are copied out.</summary>
public sealed class ByteImageDataSet : StoredDataSet
{
    private readonly ReadOnlyMemory<byte> _pixels;

    // The scaled value of each byte; empty where it depends on the pixel's place.
    private readonly float[] _table;

    /// <param name="pixels">labels.Length · sampleShape bytes, row-major; kept, so the caller changes it no more.</param>
    /// <param name="labels">0..classes−1 each; kept.</param>
    /// <param name="scaler">null: pixels are 0 to 255.</param>
    /// <exception cref="DataException">Counts do not fit, or a label is out of range.</exception>
    public ByteImageDataSet(byte[] pixels, int[] labels, Shape sampleShape, int classes, Scaler? scaler = null)
        : this(pixels, new LabelTargets(labels, classes), sampleShape, scaler)
    {
    }

    /// <param name="pixels">targets.Count · sampleShape bytes, row-major; kept, so the caller changes it no more.</param>
    /// <param name="scaler">null: pixels are 0 to 255.</param>
    /// <exception cref="DataException">Counts do not fit.</exception>
    public ByteImageDataSet(byte[] pixels, SampleTargets targets, Shape sampleShape, Scaler? scaler = null)
        : this(pixels.AsMemory(), targets, sampleShape, scaler)
    {
    }

    /// <summary>As the other, with pixels that lie anywhere.</summary>
    internal ByteImageDataSet(ReadOnlyMemory<byte> pixels, SampleTargets targets, Shape sampleShape, Scaler? scaler)
        : base(pixels.Length, targets, sampleShape, scaler ?? Scaler.None)
    {
        _pixels = pixels;
        _table = Scaler.Scaling == Scaling.StandardizePerFeature ? [] : new float[256];
        for (var i = 0; i < _table.Length; i++) _table[i] = Scaler.Apply(i, 0);
    }

    public override ByteImageDataSet WithScaler(Scaler scaler) => new(_pixels, Targets, SampleShape, scaler);

    public override ByteImageDataSet Select(ReadOnlySpan<int> indices) =>
        new(SelectFeatures(_pixels.Span, indices), Targets.Select(indices), SampleShape, Scaler);

    private protected override void CopySample(int index, Span<float> features)
    {
        var pixels = _pixels.Span.Slice(index * SampleElements, SampleElements);
        var table = _table;
        if (table.Length == 256)
            for (var i = 0; i < pixels.Length; i++) features[i] = table[pixels[i]];
        else
            for (var i = 0; i < pixels.Length; i++) features[i] = Scaler.Apply(pixels[i], i);
    }

    /// <remarks>Sums of x and x² are whole numbers and exact; n²·var = n·Σx² − (Σx)² is rounded once.</remarks>
    private protected override Scaler FitGlobal()
    {
        var (sum, squares) = ByteSums.Of(_pixels.Span);
        var (mean, deviation) = Moments(_pixels.Length, sum, squares);
        return Scaler.Standardize(mean, deviation);
    }

    /// <remarks>As <see cref="FitGlobal"/> for each pixel's place.</remarks>
    private protected override Scaler FitPerFeature()
    {
        var pixels = _pixels.Span;
        var (sums, squares) = (new long[SampleElements], new long[SampleElements]);
        for (var i = 0; i < pixels.Length; i += SampleElements)
            for (var j = 0; j < SampleElements; j++)
            {
                int x = pixels[i + j];
                sums[j] += x;
                squares[j] += x * x;
            }
        var (means, deviations) = (new double[SampleElements], new double[SampleElements]);
        for (var j = 0; j < SampleElements; j++) (means[j], deviations[j]) = Moments(Count, sums[j], squares[j]);
        return Scaler.StandardizePerFeature(means, deviations);
    }

    private static (double Mean, double Deviation) Moments(long n, long sum, long squares)
    {
        var scaledVariance = (Int128)n * squares - (Int128)sum * sum;
        return ((double)sum / n, Math.Sqrt((double)scaledVariance) / n);
    }

    private protected override string StoredType => "uint8";

    internal override ReadOnlySpan<byte> StoredBytes => _pixels.Span;

    private protected override void AppendFeatures(IncrementalHash hash) => hash.AppendData(_pixels.Span);
}
