using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Cross-entropy of softmax(logits) against class labels, one loss per sample, in nats.</summary>
/// <remarks><code>
/// forward    H_b = logΣ_c exp(z_bc) − z_b,y(b)
/// backward   ∂H_b/∂z_bc = softmax(z_b)_c − 1[c = y(b)];  none to the labels
///            with smoothed labels and class weights as <see cref="LabelSettings"/> says
/// shapes     logits z [B, C] or [C] · labels y [B] or [] in 0..C−1 → losses [B] or [];  C ≥ 2
/// saves      softmax(z), B·C elements, until backward
/// stability  max_c z is subtracted before exp, and logΣ_c exp(z_c − max z) is −log of the largest softmax, so a small loss keeps
///            its digits however large the logits are
/// order      classes in index order: the same bits at every vector width
/// </code></remarks>
public sealed class SoftmaxCrossEntropy(LabelSettings? settings = null) : Operation
{
    public LabelSettings Settings { get; } = settings ?? LabelSettings.Plain;

    public override string Name => "softmax-cross-entropy";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        var losses = ShapeRules.LossOf(this, inputs, _ => Shape.Scalar);
        Settings.Check(this, inputs[0], inputs[0].SampleElements);
        return losses;
    }

    public override bool HasGradient(int input) => input == 0;

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var labels = context.Input(1);
        var losses = context.Output;
        Kernels.Softmax.Rows(classes, context.Input(0), context.Saved[..context.Input(0).Length], default);
        for (var b = 0; b < losses.Length; b++)
        {
            var z = context.Input(0).Slice(b * classes, classes);
            var largest = Kernels.Softmax.Max(z);
            var logOfLargest = Scalar.Log(Kernels.Softmax.Max<T>(context.Saved.Slice(b * classes, classes)));
            var label = ClassLabels.Read(this, labels, b, classes);
            var all = T.Zero;
            for (var c = 0; c < classes && Settings.Smoothing > 0; c++) all += largest - z[c] - logOfLargest;
            losses[b] = Settings.Loss(label, classes, largest - z[label] - logOfLargest, all);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.InputShape(0).SampleElements;
        var labels = context.Input(1);
        var g = context.OutputGradient;
        var (right, wrong) = (Settings.Right<T>(classes), Settings.Wrong<T>(classes));
        for (var b = 0; b < g.Length; b++)
        {
            var softmax = context.Saved.Slice(b * classes, classes);
            var dz = context.InputGradient(0).Slice(b * classes, classes);
            var label = ClassLabels.Read(this, labels, b, classes);
            var scale = g[b] * Settings.Weight<T>(label);
            for (var c = 0; c < classes; c++) dz[c] = scale * (softmax[c] - (c == label ? right : wrong));
        }
    }
}
