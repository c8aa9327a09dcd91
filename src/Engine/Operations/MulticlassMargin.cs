namespace Distributed.Engine.Operations;

/// <summary>The margin by which the most offending wrong class breaks into that of the right one, one loss per sample.</summary>
/// <remarks><code>
/// forward    H_b = max(0, Δ + s_bc − s_by),  y the label, c the wrong class of the largest score (the first of several)
/// backward   where Δ + s_bc − s_by > 0: ∂H_b/∂s_bc = 1, ∂H_b/∂s_by = −1; else and at the kink 0;  none to the labels
/// shapes     scores s [B, C] or [C] · labels y [B] or [] in 0..C−1 → losses [B] or [];  C ≥ 2
/// source     Crammer, Singer: On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines (2001);
///            LeCun, Chopra, Hadsell, Ranzato, Huang: A Tutorial on Energy-Based Learning (2006), as the hinge loss.
///            With Δ = 0 the perceptron's loss of several classes, there too
/// saves      nothing
/// stability  no exp; NaN among the scores gives NaN
/// order      classes in index order; no sum
/// </code>
/// <see cref="MulticlassHinge"/> counts every class that breaks the margin, this one only the worst.
/// </remarks>
/// <param name="margin">Δ, finite, at least 0.</param>
public sealed class MulticlassMargin(float margin = 1) : Operation
{
    public float Margin { get; } = float.IsFinite(margin) && margin >= 0 ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "a margin is a finite number, at least 0");

    public override string Name => "multiclass-margin";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.LossOf(this, inputs, _ => Shape.Scalar);

    public override bool HasGradient(int input) => input == 0;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var s = context.Input(0).Slice(b * classes, classes);
            var label = ClassLabels.Read(this, context.Input(1), b, classes);
            var violation = T.CreateChecked(Margin) + s[MostOffending(s, label)] - s[label];
            losses[b] = violation <= T.Zero ? T.Zero : violation; // so written, NaN counts
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var g = context.OutputGradient;
        context.InputGradient(0).Clear();
        for (var b = 0; b < g.Length; b++)
        {
            var s = context.Input(0).Slice(b * classes, classes);
            var ds = context.InputGradient(0).Slice(b * classes, classes);
            var label = ClassLabels.Read(this, context.Input(1), b, classes);
            var worst = MostOffending(s, label);
            if (!(T.CreateChecked(Margin) + s[worst] - s[label] > T.Zero)) continue;
            ds[worst] = g[b];
            ds[label] = -g[b];
        }
    }

    /// <summary>The class of the largest score but <paramref name="label"/>; one whose score is NaN comes before all others.</summary>
    private static int MostOffending<T>(ReadOnlySpan<T> s, int label) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var worst = label == 0 ? 1 : 0;
        for (var c = worst + 1; c < s.Length; c++)
            if (c != label && !(s[c] <= s[worst]) && !T.IsNaN(s[worst])) worst = c;
        return worst;
    }
}
