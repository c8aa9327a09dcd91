using System.Collections.Immutable;
using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>What <see cref="Sum"/> and <see cref="Mean"/> share: which axes are added up, and the loops.</summary>
/// <param name="Axes">The batch dimension is axis 0, −1 the last; none means all.</param>
/// <param name="KeepDimensions">Whether a summed axis stays, with extent 1.</param>
internal readonly record struct AxisReduction(ImmutableArray<int> Axes, bool KeepDimensions)
{
    public Shape InferShape(Operation operation, ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(operation, inputs, 1);
        var summed = 0;
        foreach (var axis in Axes)
        {
            var place = ShapeRules.Axis(operation, inputs[0], axis);
            if ((summed & (1 << place)) != 0)
                throw new ShapeException($"{operation.Name}: axis {axis} of {inputs[0]} is named twice");
            summed |= 1 << place;
        }
        Span<int> extents = stackalloc int[inputs[0].Rank];
        var rank = 0;
        for (var d = 0; d < inputs[0].Rank; d++)
        {
            var isSummed = Axes.IsEmpty || (summed & (1 << d)) != 0;
            if (!isSummed || KeepDimensions) extents[rank++] = isSummed ? 1 : inputs[0][d];
        }
        return new Shape(extents[..rank]);
    }

    /// <summary>Sums in index order from +0.</summary>
    public void Forward<T>(Shape input, int samples, ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Axes.IsEmpty)
        {
            Reductions.SumRows(x, 1, [0, x.Length], y);
            return;
        }
        y.Clear();
        var walk = OverInput(input, samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) y[walk.At + (i * walk.Step)] += x[done++];
        }
        while (walk.Next());
    }

    /// <summary>Each element gets its sum's gradient.</summary>
    public void Backward<T>(Shape input, int samples, ReadOnlySpan<T> g, Span<T> dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Axes.IsEmpty)
        {
            dx.Fill(g[0]);
            return;
        }
        var walk = OverInput(input, samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) dx[done++] = g[walk.At + (i * walk.Step)];
        }
        while (walk.Next());
    }

    /// <summary>Over the input's elements; the partner is the sum that each goes to.</summary>
    private Walk OverInput(Shape input, int samples)
    {
        Span<int> extents = stackalloc int[input.Rank];
        Span<int> strides = stackalloc int[input.Rank];
        Walk.Extents(input, samples, extents);
        strides.Fill(1);
        foreach (var axis in Axes) strides[axis < 0 ? axis + input.Rank : axis] = 0;
        var stride = 1;
        for (var d = input.Rank - 1; d >= 0; d--)
        {
            if (strides[d] == 0) continue;
            strides[d] = stride;
            stride *= extents[d];
        }
        return new Walk(extents, strides);
    }
}
