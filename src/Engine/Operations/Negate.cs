using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The negative of a tensor.</summary>
/// <remarks><code>
/// forward    y = −x
/// backward   ∂y/∂x = −1
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
public sealed class Negate : Operation
{
    public override string Name => "negate";

    public override string Symbol => "*-1";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Negate(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.Negate(context.OutputGradient, context.InputGradient(0));
}
