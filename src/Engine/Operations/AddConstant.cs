using System.Globalization;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>A constant added to each element.</summary>
/// <remarks><code>
/// forward    y = x + c
/// backward   ∂y/∂x = 1
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
/// <param name="constant">c; rounded to the element type.</param>
public sealed class AddConstant(double constant) : Operation
{
    public double Constant { get; } = constant;

    public override string Name => "add-constant";

    public override string Symbol => (Constant < 0 ? "" : "+") + Constant.ToString("G4", CultureInfo.InvariantCulture);

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) =>
        Elementwise.AddScalar(context.Input(0), T.CreateChecked(Constant), context.Output);

    public override void Backward<T>(in BackwardContext<T> context) => context.OutputGradient.CopyTo(context.InputGradient(0));
}
