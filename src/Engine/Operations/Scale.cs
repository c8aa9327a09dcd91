using System.Globalization;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Each element times a constant.</summary>
/// <remarks><code>
/// forward    y = c·x
/// backward   ∂y/∂x = c
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
/// <param name="constant">c; rounded to the element type.</param>
public sealed class Scale(double constant) : Operation
{
    public double Constant { get; } = constant;

    public override string Name => "scale";

    public override string Symbol => "*" + Constant.ToString("G4", CultureInfo.InvariantCulture);

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) =>
        Elementwise.Scale(context.Input(0), T.CreateChecked(Constant), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) =>
        Elementwise.Scale(context.OutputGradient, T.CreateChecked(Constant), context.InputGradient(0));
}
