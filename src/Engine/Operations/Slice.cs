namespace Distributed.Engine.Operations;

/// <summary>A part of a tensor along one axis: from start up to, not including, stop, every step-th.</summary>
/// <remarks><code>
/// forward    y_…i… = x_…(start + i·step)…
/// backward   ∂H/∂x at the places taken = ∂H/∂y, elsewhere 0
/// shapes     [B, …, n, …] → [B, …, m, …];  m ≥ 1
/// saves      nothing
/// order      a copy: no sum
/// </code></remarks>
/// <param name="axis">Not the batch dimension, which is axis 0; −1 is the last.</param>
/// <param name="start">The first place taken; negative counts from the end. Null: the first (the last if step is negative).</param>
/// <param name="stop">One past the last place; negative counts from the end. Null: all that follow.</param>
/// <param name="step">Not 0; negative goes backwards.</param>
public sealed class Slice(int axis, int? start = null, int? stop = null, int step = 1) : Operation
{
    public int Axis { get; } = axis;

    public int? Start { get; } = start;

    public int? Stop { get; } = stop;

    public int Step { get; } = step != 0 ? step
        : throw new ArgumentOutOfRangeException(nameof(step), step, "the step of a slice is not 0");

    public override string Name => "slice";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var input = inputs[0];
        var axis = ShapeRules.SampleAxis(this, input, Axis);
        var (first, count) = Places(input[axis]);
        if (first < 0 || first >= input[axis] || count < 1)
            throw new ShapeException($"slice: [{Start}:{Stop}:{Step}] of axis {Axis} of {input} is empty or "
                + $"begins outside 0..{input[axis] - 1}");
        Span<int> extents = [.. input.Extents];
        extents[axis] = count;
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
        dx.Clear();
        var walk = OverOutput(context.InputShape(0), context.OutputShape, context.Samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) dx[walk.At + (i * walk.Step)] = g[done++];
        }
        while (walk.Next());
    }

    /// <summary>The first place and how many there are, of an axis of <paramref name="extent"/>. As in NumPy a stop beyond the end
    /// means the end.</summary>
    private (int First, int Count) Places(int extent)
    {
        var first = Start is { } start ? FromEnd(start, extent) : Step > 0 ? 0 : extent - 1;
        var end = Stop is { } stop ? Math.Clamp(FromEnd(stop, extent), -1, extent) : Step > 0 ? extent : -1;
        var span = Step > 0 ? end - first : first - end;
        return (first, (int)((span + Math.Abs((long)Step) - 1) / Math.Abs((long)Step)));
    }

    private static int FromEnd(int place, int extent) => place < 0 ? place + extent : place;

    private Walk OverOutput(Shape input, Shape output, int samples)
    {
        Span<int> extents = stackalloc int[input.Rank];
        Span<int> strides = stackalloc int[input.Rank];
        Walk.Extents(input, samples, extents);
        Walk.Strides(extents, strides);
        var axis = ShapeRules.SampleAxis(this, input, Axis);
        var offset = Places(extents[axis]).First * strides[axis];
        strides[axis] *= Step;
        Walk.Extents(output, samples, extents);
        return new Walk(extents, strides, offset);
    }
}
