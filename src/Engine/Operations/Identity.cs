namespace Distributed.Engine.Operations;

/// <summary>The linear activation: what comes in goes out.</summary>
/// <remarks><code>
/// forward    y = x
/// backward   ∂y/∂x = 1
/// shapes     any → the same
/// saves      nothing
/// order      a copy: no sum
/// </code></remarks>
public sealed class Identity : Operation
{
    public override string Name => "identity";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override void Forward<T>(in ForwardContext<T> context) => context.Input(0).CopyTo(context.Output);

    public override void Backward<T>(in BackwardContext<T> context) => context.OutputGradient.CopyTo(context.InputGradient(0));
}
