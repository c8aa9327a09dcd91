namespace Distributed.Engine.Data;

/// <summary>What a data set says of each sample: a class, numbers, or a class for every pixel.</summary>
public abstract record Target
{
    /// <summary>Shape of what one sample's target is written as: [] for a class, [h, w] for a class map.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Number of classes C; 0 where a target is no class.</summary>
    public virtual int Classes => 0;

    /// <summary>As it stands in a sentence behind "the data has": "10 classes".</summary>
    public abstract override string ToString();
}

/// <summary>A class index 0..<paramref name="Count"/>−1.</summary>
/// <param name="Count">C, at least 1.</param>
public sealed record ClassTarget(int Count) : Target
{
    public int Count { get; } = Count >= 1 ? Count : throw new DataException($"a data set has at least one class, got {Count}");

    public override Shape Shape => Shape.Scalar;

    public override int Classes => Count;

    public override string ToString() => $"{Count} classes";
}

/// <summary>Real numbers, as for regression.</summary>
/// <param name="Values">Shape of one sample's numbers.</param>
public sealed record ValueTarget(Shape Values) : Target
{
    public override Shape Shape => Values;

    public override string ToString() => $"targets of shape {Values}";
}

/// <summary>A class index for each pixel, as for segmentation.</summary>
/// <param name="Count">C, at least 1.</param>
public sealed record ClassMapTarget(int Count, int Height, int Width) : Target
{
    public int Count { get; } = Count >= 1 ? Count : throw new DataException($"a data set has at least one class, got {Count}");

    public override Shape Shape { get; } = new(Height, Width);

    public override int Classes => Count;

    public override string ToString() => $"{Count} classes for each of {Height}x{Width} pixels";
}
