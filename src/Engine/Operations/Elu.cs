using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Exponential linear unit (Clevert, Unterthiner and Hochreiter, 2015).</summary>
/// <remarks><code>
/// forward    y = x where x > 0, else α·(eˣ − 1)
/// backward   ∂y/∂x = 1 where x > 0, else α·eˣ: α at 0
/// shapes     any → the same
/// saves      nothing
/// stability  eˣ − 1 is taken as a whole, so that it keeps its digits near 0
/// order      element by element: no sum
/// </code></remarks>
/// <param name="alpha">α: y goes to −α far left of 0; finite.</param>
public sealed class Elu(float alpha = 1) : Operation
{
    public float Alpha { get; } = float.IsFinite(alpha) ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "the α of an ELU is finite");

    public override string Name => "elu";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) =>
        Elementwise.Elu(context.Input(0), T.CreateChecked(Alpha), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.EluBackward(context.OutputGradient, context.Input(0), T.CreateChecked(Alpha), context.InputGradient(0));
}
