namespace Distributed.Engine.Data;

/// <summary>Samples with targets, read by index. Immutable and safe to read from many threads.</summary>
public abstract class DataSet
{
    public abstract int Count { get; }

    /// <summary>The shape of one sample's features, without batch: [2], [1, 28, 28].</summary>
    public abstract Shape SampleShape { get; }

    /// <summary>What is said of each sample.</summary>
    public abstract Target Target { get; }

    /// <summary>Number of classes C; 0 where the target is no class.</summary>
    public int Classes => Target.Classes;

    /// <summary>Writes the features of the samples, one after another, scaled as the data set says.</summary>
    /// <param name="indices">Samples to read, each 0..Count−1.</param>
    /// <param name="features">indices.Length · SampleShape.SampleElements elements, row-major.</param>
    public abstract void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features);

    /// <summary>The 256 values that features can have, where the set holds numbers of them in place of floats; else none.</summary>
    public virtual ReadOnlySpan<float> Palette => [];

    /// <summary>Writes the features of the samples as numbers of values in <see cref="Palette"/>: what <see cref="CopyFeatures"/> writes, in a quarter of
    /// the bytes.</summary>
    /// <param name="indices">As for <see cref="CopyFeatures"/>.</param>
    /// <param name="numbers">indices.Length · SampleShape.SampleElements bytes, row-major.</param>
    /// <exception cref="NotSupportedException">There is no palette.</exception>
    public virtual void CopyNumbers(ReadOnlySpan<int> indices, Span<byte> numbers) =>
        throw new NotSupportedException($"{GetType().Name} holds no numbers of a palette");

    /// <summary>Writes the targets of the samples, one after another: class indices, or numbers.</summary>
    /// <param name="targets">indices.Length · Target.Shape.SampleElements elements, row-major.</param>
    public abstract void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets);

    /// <summary>The class of one sample.</summary>
    /// <exception cref="InvalidOperationException">The target is no class.</exception>
    public int Label(int index)
    {
        if (Target is not ClassTarget) throw new InvalidOperationException($"the data has {Target}: no label a sample");
        Span<float> label = stackalloc float[1];
        CopyTargets([index], label);
        return (int)label[0];
    }

    /// <summary>SHA-256 over shape, target, scaling, features and targets: equal for equal data, on every machine.</summary>
    public abstract byte[] Fingerprint { get; }
}
