namespace Distributed.Engine.Operations;

/// <summary>Half the squared distance of scores from targets, one loss per sample.</summary>
/// <remarks><code>
/// forward    H_b = ½ Σ_c (t_bc − s_bc)²
/// backward   ∂H_b/∂s_bc = s_bc − t_bc · ∂H_b/∂t_bc = t_bc − s_bc
/// shapes     scores s [B, C] or [C] · targets t of the same shape → losses [B] or [];  C ≥ 1
/// saves      nothing
/// order      classes in index order, from +0
/// </code></remarks>
public sealed class SquaredError : Operation
{
    public override string Name => "squared-error";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        ShapeRules.LossOf(this, inputs, classes => new Shape(classes), fewestClasses: 1);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var half = T.CreateChecked(0.5);
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var s = context.Input(0).Slice(b * classes, classes);
            var t = context.Input(1).Slice(b * classes, classes);
            var sum = T.Zero;
            for (var c = 0; c < classes; c++) sum += (t[c] - s[c]) * (t[c] - s[c]);
            losses[b] = half * sum;
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        for (var input = 0; input < 2; input++)
        {
            if (!context.NeedsGradient(input)) continue;
            var mine = context.Input(input);
            var other = context.Input(1 - input);
            var gradient = context.InputGradient(input);
            for (var i = 0; i < gradient.Length; i++) gradient[i] = context.OutputGradient[i / classes] * (mine[i] - other[i]);
        }
    }
}
