namespace Distributed.Engine.Operations;

/// <summary>The mean distance of scores from targets, one loss per sample.</summary>
/// <remarks><code>
/// forward    H_b = 1/C · Σ_c |s_bc − t_bc|
/// backward   ∂H_b/∂s_bc = sign(s_bc − t_bc)/C: 0 at the kink · ∂H_b/∂t_bc = −∂H_b/∂s_bc
/// shapes     scores s [B, C] or [C] · targets t of the same shape → losses [B] or [];  C ≥ 1
/// saves      nothing
/// order      numbers in index order, from +0, then one division by C
/// </code></remarks>
public sealed class AbsoluteError : Operation
{
    public override string Name => "absolute-error";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        ShapeRules.LossOf(this, inputs, classes => new Shape(classes), fewestClasses: 1);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var s = context.Input(0);
        var t = context.Input(1);
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var sum = T.Zero;
            for (var i = b * classes; i < (b + 1) * classes; i++) sum += T.Abs(s[i] - t[i]);
            losses[b] = sum / T.CreateChecked(classes);
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
            for (var i = 0; i < gradient.Length; i++)
            {
                var g = context.OutputGradient[i / classes] / T.CreateChecked(classes);
                gradient[i] = mine[i] > other[i] ? g : mine[i] < other[i] ? -g : T.Zero;
            }
        }
    }
}
