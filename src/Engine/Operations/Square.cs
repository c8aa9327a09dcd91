using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The square of a tensor, element by element.</summary>
/// <remarks><code>
/// forward    y = x²
/// backward   ∂y/∂x = 2·x
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
public sealed class Square : Operation
{
    public override string Name => "square";

    public override string Symbol => "^2";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Square(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var x = context.Input(0);
        var g = context.OutputGradient;
        var dx = context.InputGradient(0);
        for (var i = 0; i < dx.Length; i++) dx[i] = g[i] * (x[i] + x[i]);
    }
}
