namespace Distributed.Engine.Operations;

/// <summary>The mean of a tensor over some of its axes, or over all of them, samples too.</summary>
/// <remarks><code>
/// forward    y_j = (Σ x_i) / n over the n elements i that are j but for the averaged axes
/// backward   ∂y_j/∂x_i = 1/n
/// shapes     any → [] · over axes: those axes left out, or kept with extent 1
/// saves      nothing
/// order      elements in index order, from +0, then divided by n
/// </code></remarks>
/// <param name="axes">The batch dimension is axis 0, −1 the last; none: all.</param>
/// <param name="keepDimensions">Whether an averaged axis stays, with extent 1.</param>
public sealed class Mean(ReadOnlySpan<int> axes = default, bool keepDimensions = false) : Operation
{
    private readonly AxisReduction _reduction = new([.. axes], keepDimensions);

    public ReadOnlySpan<int> Axes => _reduction.Axes.AsSpan();

    public bool KeepDimensions => _reduction.KeepDimensions;

    public override string Name => "mean";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => _reduction.InferShape(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        var y = context.Output;
        _reduction.Forward(context.InputShape(0), context.Samples, x, y);
        var count = T.CreateChecked(x.Length / y.Length);
        for (var j = 0; j < y.Length; j++) y[j] /= count;
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var dx = context.InputGradient(0);
        _reduction.Backward(context.InputShape(0), context.Samples, g, dx);
        var count = T.CreateChecked(dx.Length / g.Length);
        for (var i = 0; i < dx.Length; i++) dx[i] /= count;
    }
}
