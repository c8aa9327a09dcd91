namespace Distributed.Engine.Operations;

/// <summary>The sum of a tensor over some of its axes, or over all of them, samples too.</summary>
/// <remarks><code>
/// forward    y_j = Σ x_i over the i that are j but for the summed axes
/// backward   ∂y_j/∂x_i = 1
/// shapes     any → [] · over axes: those axes left out, or kept with extent 1
/// saves      nothing
/// order      elements in index order, from +0
/// </code></remarks>
/// <param name="axes">The batch dimension is axis 0, −1 the last; none: all.</param>
/// <param name="keepDimensions">Whether a summed axis stays, with extent 1.</param>
public sealed class Sum(ReadOnlySpan<int> axes = default, bool keepDimensions = false) : Operation
{
    private readonly AxisReduction _reduction = new([.. axes], keepDimensions);

    public ReadOnlySpan<int> Axes => _reduction.Axes.AsSpan();

    public bool KeepDimensions => _reduction.KeepDimensions;

    public override string Name => "sum";

    public override string Symbol => "Σ";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => _reduction.InferShape(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) =>
        _reduction.Forward(context.InputShape(0), context.Samples, context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        _reduction.Backward(context.InputShape(0), context.Samples, context.OutputGradient, context.InputGradient(0));
}
