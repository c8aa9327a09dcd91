namespace Distributed.Engine.Operations;

/// <summary>Tensors one after the other along an axis of the sample.</summary>
/// <remarks><code>
/// forward    y = [x₁ | x₂ | … | x_k] along the axis
/// backward   ∂H/∂x_i = the part of ∂H/∂y that x_i went to
/// shapes     x_i [B, …, n_i, …], alike but for n_i → [B, …, Σ n_i, …];  k ≥ 1
/// saves      nothing
/// order      a copy: no sum
/// </code></remarks>
/// <param name="axis">Not the batch dimension, which is axis 0; −1 is the last.</param>
public sealed class Concatenate(int axis) : Operation
{
    public int Axis { get; } = axis;

    public override string Name => "concatenate";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        if (inputs.IsEmpty) throw new ShapeException("concatenate: takes at least 1 input, got 0");
        var axis = ShapeRules.SampleAxis(this, inputs[0], Axis);
        Span<int> extents = [.. inputs[0].Extents];
        for (var i = 1; i < inputs.Length; i++)
        {
            var fits = inputs[i].Rank == extents.Length;
            for (var d = 0; fits && d < extents.Length; d++) fits = d == axis || inputs[i][d] == extents[d];
            if (!fits)
                throw new ShapeException($"concatenate: input {i} has shape {inputs[i]}, input 0 has {inputs[0]}: "
                    + $"equal extents are wanted but along axis {axis}");
            extents[axis] = checked(extents[axis] + inputs[i][axis]);
        }
        return new Shape(extents);
    }

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var axis = ShapeRules.SampleAxis(this, context.OutputShape, Axis);
        var y = context.Output;
        var block = Block(context.OutputShape, axis);
        for (var (i, at) = (0, 0); at < block; at += Block(context.InputShape(i++), axis))
        {
            var part = Block(context.InputShape(i), axis);
            var x = context.Input(i);
            for (var b = 0; b < y.Length / block; b++) x.Slice(b * part, part).CopyTo(y[((b * block) + at)..]);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var axis = ShapeRules.SampleAxis(this, context.OutputShape, Axis);
        var g = context.OutputGradient;
        var block = Block(context.OutputShape, axis);
        for (var (i, at) = (0, 0); at < block; at += Block(context.InputShape(i++), axis))
        {
            if (!context.NeedsGradient(i)) continue;
            var part = Block(context.InputShape(i), axis);
            var dx = context.InputGradient(i);
            for (var b = 0; b < g.Length / block; b++) g.Slice((b * block) + at, part).CopyTo(dx[(b * part)..]);
        }
    }

    /// <summary>Elements that lie together: the axis and all within it.</summary>
    private static int Block(Shape shape, int axis)
    {
        var elements = 1;
        for (var d = axis; d < shape.Rank; d++) elements *= shape[d];
        return elements;
    }
}
