using System.Collections.Immutable;

namespace Distributed.Engine;

/// <summary>The extents of a tensor, outermost first; row-major. A scalar has rank 0.</summary>
/// <remarks>
/// The first extent may be <see cref="Batch"/>: the number of samples, known only when a step runs. Every other extent is at
/// least 1. Shapes are checked when a graph is built, so that a step never checks them again.
/// </remarks>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>Stands for the number of samples of a step, as the first extent.</summary>
    public const int Batch = -1;

    /// <summary>The largest rank: more is refused.</summary>
    public const int MaxRank = 8;

    private readonly ImmutableArray<int> _extents;

    /// <summary>Leading extents that are not part of this shape, so that <see cref="Sample"/> allocates nothing.</summary>
    private readonly int _skipped;

    /// <exception cref="ShapeException">An extent is below 1 (other than a leading <see cref="Batch"/>), or the rank above
    /// <see cref="MaxRank"/>.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        if (extents.Length > MaxRank)
            throw new ShapeException($"a tensor has at most {MaxRank} dimensions, got {extents.Length}");
        for (var i = 0; i < extents.Length; i++)
            if (extents[i] < 1 && !(i == 0 && extents[i] == Batch))
                throw new ShapeException($"extent {i} of a shape is at least 1, got {extents[i]}");
        _extents = [.. extents];
    }

    private Shape(ImmutableArray<int> extents, int skipped) => (_extents, _skipped) = (extents, skipped);

    public static Shape Scalar { get; } = new();

    /// <summary>[B, extents of <paramref name="sample"/>].</summary>
    public static Shape Batched(Shape sample) => new([Batch, .. sample.Extents]);

    public ReadOnlySpan<int> Extents => _extents.IsDefault ? [] : _extents.AsSpan()[_skipped..];

    public int Rank => Extents.Length;

    public int this[int dimension] => Extents[dimension];

    /// <summary>Whether the first extent is the number of samples.</summary>
    public bool IsBatched => Rank > 0 && Extents[0] == Batch;

    /// <summary>The shape of one sample: this shape without its leading <see cref="Batch"/>.</summary>
    public Shape Sample => IsBatched ? new Shape(_extents, _skipped + 1) : this;

    /// <summary>Elements of one sample (of all, where the shape is not batched).</summary>
    public int SampleElements
    {
        get
        {
            var product = 1L;
            foreach (var extent in Extents) product *= extent == Batch ? 1 : extent;
            return product <= int.MaxValue ? (int)product : throw new ShapeException($"{this} has more than 2^31 elements");
        }
    }

    /// <summary>Elements with <paramref name="samples"/> samples.</summary>
    public int Elements(int samples) => IsBatched ? checked(samples * SampleElements) : SampleElements;

    public bool Equals(Shape other) => Extents.SequenceEqual(other.Extents);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var extent in Extents) hash.Add(extent);
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>[B, 28, 28]; a scalar is [].</summary>
    public override string ToString() =>
        $"[{string.Join(", ", Extents.ToArray().Select(extent => extent == Batch ? "B" : extent.ToString()))}]";
}
