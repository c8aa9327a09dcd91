using System.Collections.Immutable;

namespace Distributed.Engine.Operations;

/// <summary>The axes of a tensor in another order; the batch dimension stays first.</summary>
/// <remarks><code>
/// forward    y has axis order[d] of x as its axis d: of a matrix with order (1, 0), y_ij = x_ji
/// backward   ∂H/∂x = ∂H/∂y with the axes back in their old order
/// shapes     [s₀, s₁, …] → [s_order₀, s_order₁, …]
/// saves      nothing
/// order      a copy: no sum
/// </code></remarks>
/// <param name="order">Every axis of the input once, the batch dimension being axis 0; none: the sample's axes turned round.</param>
public sealed class Transpose(params ReadOnlySpan<int> order) : Operation
{
    private readonly ImmutableArray<int> _order = [.. order];

    public ReadOnlySpan<int> Order => _order.AsSpan();

    public override string Name => "transpose";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var input = inputs[0];
        var seen = 0;
        foreach (var axis in _order) seen |= axis >= 0 && axis < input.Rank ? 1 << axis : 0;
        if (!_order.IsEmpty && (_order.Length != input.Rank || seen != (1 << input.Rank) - 1))
            throw new ShapeException($"transpose: the order ({string.Join(", ", _order)}) does not name every axis of "
                + $"{input} once");
        if (!_order.IsEmpty && input.IsBatched && _order[0] != 0)
            throw new ShapeException($"transpose: the order ({string.Join(", ", _order)}) moves the batch dimension of {input}, "
                + "which stays first");
        Span<int> extents = stackalloc int[input.Rank];
        for (var d = 0; d < extents.Length; d++) extents[d] = input[Source(d, input)];
        return new Shape(extents);
    }

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        var y = context.Output;
        var walk = OverOutput(context.InputShape(0), context.OutputShape, context.Samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) y[done++] = x[walk.At + (i * walk.Step)];
        }
        while (walk.Next());
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var dx = context.InputGradient(0);
        var walk = OverOutput(context.InputShape(0), context.OutputShape, context.Samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) dx[walk.At + (i * walk.Step)] = g[done++];
        }
        while (walk.Next());
    }

    /// <summary>The input's axis that becomes axis <paramref name="axis"/> of the output.</summary>
    private int Source(int axis, Shape input)
    {
        if (!_order.IsEmpty) return _order[axis];
        var first = input.IsBatched ? 1 : 0;
        return axis < first ? axis : input.Rank - 1 - (axis - first);
    }

    private Walk OverOutput(Shape input, Shape output, int samples)
    {
        Span<int> extents = stackalloc int[input.Rank];
        Span<int> inputStrides = stackalloc int[input.Rank];
        Span<int> strides = stackalloc int[input.Rank];
        Walk.Extents(input, samples, extents);
        Walk.Strides(extents, inputStrides);
        for (var d = 0; d < strides.Length; d++) strides[d] = inputStrides[Source(d, input)];
        Walk.Extents(output, samples, extents);
        return new Walk(extents, strides);
    }
}
