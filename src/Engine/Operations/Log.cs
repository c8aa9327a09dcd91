using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The natural logarithm of each element.</summary>
/// <remarks><code>
/// forward    y = ln x; −∞ at 0, NaN below
/// backward   ∂y/∂x = 1/x
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
public sealed class Log : Operation
{
    public override string Name => "log";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Log(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.Divide(context.OutputGradient, context.Input(0), context.InputGradient(0));
}
