using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Cross-entropy of the sigmoid of each logit against a target from 0 to 1, summed over a sample's logits, in nats.</summary>
/// <remarks><code>
/// forward    H_b = Σ_c −(t_bc·log σ(z_bc) + (1 − t_bc)·log(1 − σ(z_bc)))
///                = Σ_c max(z_bc, 0) − z_bc·t_bc + log(1 + exp(−|z_bc|))
/// backward   ∂H_b/∂z_bc = σ(z_bc) − t_bc · ∂H_b/∂t_bc = −z_bc
/// shapes     logits z [B, C] or [C] · targets t of the same shape → losses [B] or [];  C ≥ 1
/// saves      nothing
/// stability  the second form: exp of nothing above 0, and no log of a rounded 1 − σ
/// order      logits in index order, from +0
/// </code>
/// C = 1: one score that parts two classes. C > 1: each class against all others, or several labels at once.
/// </remarks>
public sealed class BinaryCrossEntropy : Operation
{
    public override string Name => "binary-cross-entropy";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        ShapeRules.LossOf(this, inputs, classes => new Shape(classes), fewestClasses: 1);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var z = context.Input(0);
        var t = context.Input(1);
        var losses = context.Output;
        for (var b = 0; b < losses.Length; b++)
        {
            var sum = T.Zero;
            for (var i = b * classes; i < (b + 1) * classes; i++)
                sum += (z[i] > T.Zero ? z[i] : T.Zero) - (z[i] * t[i]) + Scalar.Log1p(Scalar.Exp(-T.Abs(z[i])));
            losses[b] = sum;
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var z = context.Input(0);
        var t = context.Input(1);
        var g = context.OutputGradient;
        if (context.NeedsGradient(0))
        {
            var dz = context.InputGradient(0);
            for (var i = 0; i < dz.Length; i++) dz[i] = g[i / classes] * (Scalar.Sigmoid(z[i]) - t[i]);
        }
        if (context.NeedsGradient(1))
        {
            var dt = context.InputGradient(1);
            for (var i = 0; i < dt.Length; i++) dt[i] = -(g[i / classes] * z[i]);
        }
    }
}
