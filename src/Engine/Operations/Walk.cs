using System.Runtime.CompilerServices;

namespace Distributed.Engine.Operations;

/// <summary>Visits a grid of elements in index order and says where each one's partner lies in another tensor: one that is spread
/// over the grid, permuted or cut.</summary>
/// <remarks>
/// The partner of element (i₀, i₁, …) lies at offset + Σ i_d·stride_d; a stride of 0 spreads the tensor over axis d. The innermost
/// axis is left to the caller's loop: <see cref="Run"/> elements from <see cref="At"/> on, <see cref="Step"/> apart. Walks over the
/// same grid go in step. Nothing is allocated.
/// </remarks>
internal struct Walk
{
    private readonly Numbers _extents;
    private readonly Numbers _strides;
    private readonly int _outer;
    private Numbers _index;

    /// <param name="extents">Of the grid, at most <see cref="Shape.MaxRank"/>, each at least 1.</param>
    /// <param name="strides">As many: the partner's.</param>
    public Walk(ReadOnlySpan<int> extents, ReadOnlySpan<int> strides, int offset = 0)
    {
        extents.CopyTo(_extents);
        strides.CopyTo(_strides);
        _outer = extents.Length - 1;
        (Run, Step, At) = extents.IsEmpty ? (1, 0, offset) : (extents[^1], strides[^1], offset);
    }

    /// <summary>Elements of the innermost axis.</summary>
    public int Run { get; }

    /// <summary>How far apart the partners of a run lie.</summary>
    public int Step { get; }

    /// <summary>Where the partner of the run's first element lies.</summary>
    public int At { get; private set; }

    /// <summary>The next run; false when there is none.</summary>
    public bool Next()
    {
        for (var d = _outer - 1; d >= 0; d--)
        {
            At += _strides[d];
            if (++_index[d] < _extents[d]) return true;
            At -= _extents[d] * _strides[d];
            _index[d] = 0;
        }
        return false;
    }

    /// <summary>A grid of one axis.</summary>
    public static Walk Flat(int elements, int step) => new([elements], [step]);

    /// <summary>Over <paramref name="to"/>; the partner is <paramref name="from"/>, spread over it by the rules of
    /// <see cref="ShapeRules.Broadcast"/>.</summary>
    /// <param name="perSample">The partner of a batched grid has a copy of <paramref name="from"/> for each sample, one after the
    /// other: [B, from].</param>
    public static Walk Spread(Shape from, Shape to, int samples, bool perSample = false)
    {
        Span<int> extents = stackalloc int[to.Rank];
        Span<int> strides = stackalloc int[to.Rank];
        Extents(to, samples, extents);
        var stride = 1;
        for (var d = to.Rank - 1; d >= 0; d--)
        {
            var inFrom = d - (to.Rank - from.Rank);
            var extent = inFrom < 0 ? 1 : from[inFrom] == Shape.Batch ? samples : from[inFrom];
            strides[d] = extent == 1 ? 0 : stride;
            stride *= extent;
        }
        // A batch of one sample has stride 0 too: it is never advanced.
        if (perSample && to.IsBatched) strides[0] = stride;
        return new Walk(extents, strides);
    }

    /// <summary>The extents of a shape in a pass.</summary>
    public static void Extents(Shape shape, int samples, Span<int> extents)
    {
        for (var d = 0; d < shape.Rank; d++) extents[d] = shape[d] == Shape.Batch ? samples : shape[d];
    }

    /// <summary>How far apart neighbours along each axis lie in a row-major tensor.</summary>
    public static void Strides(ReadOnlySpan<int> extents, Span<int> strides)
    {
        var stride = 1;
        for (var d = extents.Length - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= extents[d];
        }
    }

    [InlineArray(Shape.MaxRank)]
    private struct Numbers
    {
        private int _first;
    }
}
