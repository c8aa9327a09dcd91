namespace Distributed.Engine.Operations;

/// <summary>The multi-class support vector machine's loss (Weston and Watkins), one per sample.</summary>
/// <remarks><code>
/// forward    H_b = Σ_{j ≠ y(b)} max(0, s_bj − s_b,y(b) + Δ)
/// backward   ∂H_b/∂s_bj = 1[s_bj − s_b,y + Δ > 0] for j ≠ y, ∂H_b/∂s_b,y = −(number of those j): 0 at the kink;  none to the labels
/// shapes     scores s [B, C] or [C] · labels y [B] or [] in 0..C−1 → losses [B] or [];  C ≥ 2
/// saves      nothing
/// stability  no exp; NaN among the scores gives NaN
/// order      classes in index order, from +0
/// </code></remarks>
/// <param name="margin">Δ, how far the right class's score is to lie above every other; above 0.</param>
public sealed class MulticlassHinge(float margin = 1) : Operation
{
    public float Margin { get; } = float.IsFinite(margin) && margin > 0 ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "the hinge loss's margin is a finite number above 0");

    public override string Name => "multiclass-hinge";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.LossOf(this, inputs, _ => Shape.Scalar);

    public override bool HasGradient(int input) => input == 0;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var margin = T.CreateChecked(Margin);
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var s = context.Input(0).Slice(b * classes, classes);
            var label = ClassLabels.Read(this, context.Input(1), b, classes);
            var loss = T.Zero;
            for (var j = 0; j < classes; j++)
            {
                if (j == label) continue;
                var violation = s[j] - s[label] + margin;
                if (!(violation <= T.Zero)) loss += violation; // so written, NaN counts
            }
            losses[b] = loss;
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var margin = T.CreateChecked(Margin);
        var g = context.OutputGradient;
        for (var b = 0; b < g.Length; b++)
        {
            var s = context.Input(0).Slice(b * classes, classes);
            var ds = context.InputGradient(0).Slice(b * classes, classes);
            var label = ClassLabels.Read(this, context.Input(1), b, classes);
            var violations = 0;
            for (var j = 0; j < classes; j++)
            {
                var violated = j != label && s[j] - s[label] + margin > T.Zero;
                ds[j] = violated ? g[b] : T.Zero;
                if (violated) violations++;
            }
            ds[label] = -(g[b] * T.CreateChecked(violations));
        }
    }
}
