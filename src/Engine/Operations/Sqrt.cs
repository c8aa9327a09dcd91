using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The square root of each element.</summary>
/// <remarks><code>
/// forward    y = √x; NaN below 0
/// backward   ∂y/∂x = 1 / 2√x; +∞ at 0
/// shapes     any → the same
/// saves      nothing: the output serves
/// order      element by element: no sum
/// </code></remarks>
public sealed class Sqrt : Operation
{
    public override string Name => "sqrt";

    public override string Symbol => "√";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Sqrt(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var y = context.Output;
        var dx = context.InputGradient(0);
        for (var i = 0; i < dx.Length; i++) dx[i] = g[i] / (y[i] + y[i]);
    }
}
