using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Hyperbolic tangent.</summary>
/// <remarks><code>
/// forward    y = tanh x
/// backward   ∂y/∂x = 1 − y²
/// shapes     any → the same
/// saves      nothing: the output serves
/// order      element by element: no sum
/// </code></remarks>
public sealed class Tanh : Operation
{
    public override string Name => "tanh";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Tanh(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.TanhBackward(context.OutputGradient, context.Output, context.InputGradient(0));
}
