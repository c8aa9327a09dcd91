using System.Security.Cryptography;

namespace Distributed.Engine.Data;

/// <summary>The targets of samples held in memory. Immutable.</summary>
public abstract class SampleTargets
{
    public abstract Target Target { get; }

    public abstract int Count { get; }

    /// <summary>Writes the target of one sample, as many elements as <see cref="Target"/>'s shape has.</summary>
    internal abstract void CopyTo(int index, Span<float> target);

    internal abstract SampleTargets Select(ReadOnlySpan<int> indices);

    internal abstract void AppendTo(IncrementalHash hash);
}

/// <summary>A class for each sample.</summary>
public sealed class LabelTargets : SampleTargets
{
    private readonly int[] _labels;

    /// <param name="labels">0..classes−1 each; kept, so the caller changes it no more.</param>
    /// <exception cref="DataException">A label is out of range.</exception>
    public LabelTargets(int[] labels, int classes)
    {
        Target = new ClassTarget(classes);
        for (var i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes)
                throw new DataException($"sample {i} has label {labels[i]}; with {classes} classes labels are 0 to {classes - 1}");
        _labels = labels;
    }

    public override ClassTarget Target { get; }

    public override int Count => _labels.Length;

    public ReadOnlySpan<int> Labels => _labels;

    internal override void CopyTo(int index, Span<float> target) => target[0] = _labels[index];

    internal override LabelTargets Select(ReadOnlySpan<int> indices)
    {
        var labels = new int[indices.Length];
        for (var i = 0; i < labels.Length; i++) labels[i] = _labels[indices[i]];
        return new LabelTargets(labels, Target.Count);
    }

    internal override void AppendTo(IncrementalHash hash) => hash.AppendInts(_labels);
}

/// <summary>Numbers for each sample.</summary>
public sealed class ValueTargets : SampleTargets
{
    private readonly float[] _values;
    private readonly int _width;

    /// <param name="values">A whole number of samples of <paramref name="shape"/>, row-major; kept.</param>
    /// <exception cref="DataException">Counts do not fit, or a value is NaN or infinite.</exception>
    public ValueTargets(float[] values, Shape shape)
    {
        (Target, _values, _width) = (new ValueTarget(shape), values, shape.SampleElements);
        if (values.Length % _width != 0)
            throw new DataException($"targets of shape {shape} have {_width} numbers a sample, got {values.Length} in all");
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i])) throw new DataException($"sample {i / _width} has the target {values[i]}; finite numbers are wanted");
    }

    public override ValueTarget Target { get; }

    public override int Count => _values.Length / _width;

    internal ReadOnlySpan<float> Values => _values;

    internal override void CopyTo(int index, Span<float> target) => _values.AsSpan(index * _width, _width).CopyTo(target);

    internal override ValueTargets Select(ReadOnlySpan<int> indices)
    {
        var values = new float[checked(indices.Length * _width)];
        for (var i = 0; i < indices.Length; i++) CopyTo(indices[i], values.AsSpan(i * _width, _width));
        return new ValueTargets(values, Target.Values);
    }

    internal override void AppendTo(IncrementalHash hash) => hash.AppendFloats(_values);
}

/// <summary>A class for each pixel of each sample.</summary>
public sealed class ClassMapTargets : SampleTargets
{
    private readonly byte[] _maps;
    private readonly int _pixels;

    /// <param name="maps">A whole number of maps of height · width classes, 0..classes−1 each, row-major; kept.</param>
    /// <param name="classes">At most 256.</param>
    /// <exception cref="DataException">Counts do not fit, or a class is out of range.</exception>
    public ClassMapTargets(byte[] maps, int classes, int height, int width)
    {
        (Target, _maps, _pixels) = (new ClassMapTarget(classes, height, width), maps, height * width);
        if (maps.Length % _pixels != 0)
            throw new DataException($"maps of {height}x{width} have {_pixels} pixels a sample, got {maps.Length} in all");
        for (var i = 0; i < maps.Length; i++)
            if (maps[i] >= classes)
                throw new DataException($"sample {i / _pixels} has a pixel of class {maps[i]}; with {classes} classes they are 0 to {classes - 1}");
    }

    public override ClassMapTarget Target { get; }

    public override int Count => _maps.Length / _pixels;

    internal ReadOnlySpan<byte> Maps => _maps;

    internal override void CopyTo(int index, Span<float> target)
    {
        var map = _maps.AsSpan(index * _pixels, _pixels);
        for (var i = 0; i < map.Length; i++) target[i] = map[i];
    }

    internal override ClassMapTargets Select(ReadOnlySpan<int> indices)
    {
        var maps = new byte[checked(indices.Length * _pixels)];
        for (var i = 0; i < indices.Length; i++) _maps.AsSpan(indices[i] * _pixels, _pixels).CopyTo(maps.AsSpan(i * _pixels));
        return new ClassMapTargets(maps, Target.Count, Target.Height, Target.Width);
    }

    internal override void AppendTo(IncrementalHash hash) => hash.AppendData(_maps);
}
