using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The logistic function.</summary>
/// <remarks><code>
/// forward    y = 1 / (1 + e⁻ˣ)
/// backward   ∂y/∂x = y·(1 − y)
/// shapes     any → the same
/// saves      nothing: the output serves
/// order      element by element: no sum
/// </code></remarks>
public sealed class Sigmoid : Operation
{
    public override string Name => "sigmoid";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => Elementwise.Sigmoid(context.Input(0), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.SigmoidBackward(context.OutputGradient, context.Output, context.InputGradient(0));
}
