using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The sum of all elements of a tensor, over samples too.</summary>
/// <remarks><code>
/// forward    y = Σ x_i
/// backward   ∂y/∂x_i = 1
/// shapes     any → []
/// saves      nothing
/// order      elements in index order, from +0
/// </code></remarks>
public sealed class Sum : Operation
{
    public override string Name => "sum";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        return Shape.Scalar;
    }

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        Reductions.SumRows(x, 1, [0, x.Length], context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context) => context.InputGradient(0).Fill(context.OutputGradient[0]);
}
