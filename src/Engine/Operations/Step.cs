namespace Distributed.Engine.Operations;

/// <summary>The step (Heaviside) function, the activation of the first perceptrons. For forward passes only.</summary>
/// <remarks><code>
/// forward    y = 1 where x ≥ 0, else 0; NaN stays NaN
/// backward   refused: the slope is 0 everywhere but at 0, where there is none, so nothing could be learned through it
/// shapes     any → the same
/// saves      nothing
/// order      element by element: no sum
/// </code></remarks>
public sealed class Step : Operation
{
    public override string Name => "step";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Same(this, inputs);

    public override string WhyNoGradient =>
        "step has slope 0 wherever it has one; use it in forward passes only, and train with sigmoid or relu";

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        var y = context.Output;
        for (var i = 0; i < y.Length; i++) y[i] = T.IsNaN(x[i]) ? x[i] : x[i] >= T.Zero ? T.One : T.Zero;
    }

    public override void Backward<T>(in BackwardContext<T> context) => throw new InvalidOperationException(WhyNoGradient);
}
