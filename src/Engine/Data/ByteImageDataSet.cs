using System.Security.Cryptography;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Data;

/// <summary>Images held as bytes, a quarter of the memory of floats, or left in files that are read as memory; they become floats when they are copied out.</summary>
public sealed unsafe class ByteImageDataSet : StoredDataSet
{
    /// <summary>Samples of more bytes are not asked for ahead: reading them one after another is enough for that.</summary>
    private const int AskedBytes = 8192;

    private readonly SampleBytes _pixels;

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
        : this(SampleBytes.Of(pixels, sampleShape.SampleElements), pixels.Length, targets, sampleShape, scaler)
    {
    }

    /// <summary>As the other, with pixels that lie in files too.</summary>
    internal ByteImageDataSet(SampleBytes pixels, SampleTargets targets, Shape sampleShape, Scaler? scaler = null)
        : this(pixels, pixels.Length, targets, sampleShape, scaler)
    {
    }

    private ByteImageDataSet(SampleBytes pixels, long bytes, SampleTargets targets, Shape sampleShape, Scaler? scaler)
        : base(bytes, targets, sampleShape, scaler ?? Scaler.None)
    {
        _pixels = pixels;
        _table = Scaler.Scaling == Scaling.StandardizePerFeature ? [] : new float[256];
        for (var i = 0; i < _table.Length; i++) _table[i] = Scaler.Apply(i, 0);
    }

    public override ByteImageDataSet WithScaler(Scaler scaler) => new(_pixels, Targets, SampleShape, scaler);

    public override ByteImageDataSet Select(ReadOnlySpan<int> indices) =>
        new(_pixels.Select(indices), Targets.Select(indices), SampleShape, Scaler);

    public override ReadOnlySpan<float> Palette => _table;

    public override void CopyNumbers(ReadOnlySpan<int> indices, Span<byte> numbers)
    {
        if (_table.Length == 0) throw new NotSupportedException("the value of a byte depends on its place: there is no palette");
        for (var i = 0; i < indices.Length; i++) _pixels[indices[i]].CopyTo(numbers[(i * SampleElements)..]);
    }

    private protected override void CopySample(int index, Span<float> features)
    {
        var pixels = _pixels[index];
        var table = _table;
        if (table.Length != 256)
            ByteScaling.Scale(pixels, Scaler.Means.AsSpan(), Scaler.Deviations.AsSpan(), features);
        else if (ByteScaling.IsVectorized)
            ByteScaling.Scale(pixels, Scaler.Mean, Scaler.Deviation, features);
        else
            for (var i = 0; i < pixels.Length; i++) features[i] = table[pixels[i]];
    }

    private protected override void Ask(int index)
    {
        var pixels = _pixels[index];
        if (pixels.Length <= AskedBytes)
            fixed (byte* start = pixels) Prefetch.Part(start, pixels.Length / sizeof(float), 0, 1);
    }

    /// <remarks>Sums of x and x² are whole numbers and exact; n²·var = n·Σx² − (Σx)² is rounded once.</remarks>
    private protected override Scaler FitGlobal()
    {
        var (sum, squares) = (0L, 0L);
        _pixels.ForEachRun(samples =>
        {
            var (more, moreSquares) = ByteSums.Of(samples);
            (sum, squares) = (sum + more, squares + moreSquares);
        });
        var (mean, deviation) = Moments(_pixels.Length, sum, squares);
        return Scaler.Standardize(mean, deviation);
    }

    /// <remarks>As <see cref="FitGlobal"/> for each pixel's place.</remarks>
    private protected override Scaler FitPerFeature()
    {
        var (sums, squares) = (new long[SampleElements], new long[SampleElements]);
        for (var i = 0; i < Count; i++)
        {
            var pixels = _pixels[i];
            for (var j = 0; j < pixels.Length; j++)
            {
                int x = pixels[j];
                sums[j] += x;
                squares[j] += x * x;
            }
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

    internal override bool IsMapped => _pixels.IsMapped;

    internal override void ForEachStoredRun(SampleBytes.RunAction act) => _pixels.ForEachRun(act);

    private protected override void AppendFeatures(IncrementalHash hash) => _pixels.ForEachRun(hash.AppendData);
}
