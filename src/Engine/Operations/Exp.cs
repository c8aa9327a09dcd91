using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>e to the power of each element.</summary>
/// <remarks><code>
/// forward    y = eˣ
/// backward   ∂y/∂x = y
/// shapes     any → the same
/// saves      nothing: the output serves
/// order      element by element: no sum
/// </code></remarks>
public sealed class Exp : Operation
{
    public override string Name => "exp";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Exp(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.Multiply(context.OutputGradient, context.Output, context.InputGradient(0));
}
