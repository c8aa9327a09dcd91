using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Rectified linear unit with slope <paramref name="alpha"/> left of 0.</summary>
/// <remarks><code>
/// forward    y = x where x > 0, else α·x
/// backward   ∂y/∂x = 1 where x > 0, else α: α at the kink
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
/// <param name="alpha">α, the slope left of 0; finite.</param>
public sealed class LeakyRelu(float alpha = 0.01f) : Operation
{
    public float Alpha { get; } = float.IsFinite(alpha) ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "the slope of a leaky ReLU is finite");

    public override string Name => "leaky-relu";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) =>
        Elementwise.LeakyRelu(context.Input(0), T.CreateChecked(Alpha), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.LeakyReluBackward(context.OutputGradient, context.Input(0), T.CreateChecked(Alpha), context.InputGradient(0));
}
