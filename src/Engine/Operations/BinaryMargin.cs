namespace Distributed.Engine.Operations;

/// <summary>The margin of one score that parts two classes by its sign, one loss per sample.</summary>
/// <remarks><code>
/// forward    H_b = max(0, Δ − y_b·s_b),  y_b = −1 for class 0, +1 for class 1
/// backward   ∂H_b/∂s_b = −y_b where Δ − y_b·s_b > 0; else and at the kink 0;  none to the labels
/// shapes     scores s [B, 1] or [1] · labels [B] or [], 0 or 1 → losses [B] or []
/// source     Δ = 0: the perceptron's loss (Rosenblatt 1958), whose gradient is its learning rule for a sample on the wrong side.
///            Δ = 1: the hinge loss of the linear support vector machine (Cortes, Vapnik: Support-Vector Networks, 1995)
/// saves      nothing
/// stability  no exp; a NaN score gives NaN
/// order      no sum
/// </code>
/// With Δ = 0 a score of exactly 0 costs nothing and teaches nothing: weights must not begin at 0.
/// </remarks>
/// <param name="margin">Δ, finite, at least 0.</param>
public sealed class BinaryMargin(float margin = 1) : Operation
{
    public float Margin { get; } = float.IsFinite(margin) && margin >= 0 ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "a margin is a finite number, at least 0");

    public override string Name => "binary-margin";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        var losses = ShapeRules.LossOf(this, inputs, _ => Shape.Scalar, fewestClasses: 1);
        return inputs[0].SampleElements == 1 ? losses
            : throw new ShapeException($"{Name}: scores have shape {inputs[0]}, one score a sample, [B, 1], is wanted");
    }

    public override bool HasGradient(int input) => input == 0;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var violation = Violation(context.Input(0)[b], ClassLabels.Read(this, context.Input(1), b, 2));
            losses[b] = violation <= T.Zero ? T.Zero : violation; // so written, NaN counts
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var ds = context.InputGradient(0);
        for (var b = 0; b < g.Length; b++)
        {
            var label = ClassLabels.Read(this, context.Input(1), b, 2);
            var violated = Violation(context.Input(0)[b], label) > T.Zero;
            ds[b] = !violated ? T.Zero : label == 1 ? -g[b] : g[b];
        }
    }

    private T Violation<T>(T score, int label) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        label == 1 ? T.CreateChecked(Margin) - score : T.CreateChecked(Margin) + score;
}
