using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Rectified linear unit.</summary>
/// <remarks><code>
/// forward    y = max(0, x); NaN stays NaN
/// backward   ∂y/∂x = 1[x > 0]: 0 at the kink
/// shapes     any → the same
/// saves      nothing: y > 0 where x > 0
/// order      element by element: no sum
/// </code></remarks>
public sealed class Relu : Operation
{
    public override string Name => "relu";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Relu(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.ReluBackward(context.OutputGradient, context.Output, context.InputGradient(0));
}
