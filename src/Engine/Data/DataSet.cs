namespace Distributed.Engine.Data;

/// <summary>Samples with labels, read by index. Immutable and safe to read from many threads.</summary>
public abstract class DataSet
{
    public abstract int Count { get; }

    /// <summary>The shape of one sample's features, without batch: [2], [1, 28, 28].</summary>
    public abstract Shape SampleShape { get; }

    /// <summary>Number of classes C: labels are whole numbers 0..C−1.</summary>
    public abstract int Classes { get; }

    public abstract int Label(int index);

    /// <summary>Writes the features of the samples, one after another, scaled as the data set says.</summary>
    /// <param name="indices">Samples to read, each 0..Count−1.</param>
    /// <param name="features">indices.Length · SampleShape.SampleElements elements, row-major.</param>
    public abstract void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features);

    /// <summary>SHA-256 over shape, classes, scaling, features and labels: equal for equal data, on every machine.</summary>
    public abstract byte[] Fingerprint { get; }
}
