namespace Distributed.Engine.Operations;

/// <summary>Softmax over the last axis: positive numbers that add up to 1.</summary>
/// <remarks><code>
/// forward    p_i = e^(z_i − m) / Σ_c e^(z_c − m),  m = max_c z_c
/// backward   ∂p_i/∂z_j = p_i·(1[i = j] − p_j), so ∂H/∂z_j = p_j·(g_j − Σ_i g_i·p_i) with g = ∂H/∂p
/// shapes     [B, …, C] or […, C] → the same;  C ≥ 1
/// saves      nothing: the output serves
/// stability  the largest of a row is subtracted first, so nothing overflows
/// order      classes in index order, both sums from +0, the second with fused multiply-add
/// </code>
/// In front of a cross-entropy take <see cref="SoftmaxCrossEntropy"/>, which keeps the digits of small losses.
/// </remarks>
public sealed class Softmax : Operation
{
    public override string Name => "softmax";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        ShapeRules.SampleAxis(this, inputs[0], -1);
        return inputs[0];
    }

    public override void Forward<T>(in ForwardContext<T> context) =>
        Kernels.Softmax.Rows(context.InputShape(0)[context.InputShape(0).Rank - 1], context.Input(0), context.Output, default);

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var classes = context.OutputShape[context.OutputShape.Rank - 1];
        for (var row = 0; row < context.Output.Length; row += classes)
        {
            var p = context.Output.Slice(row, classes);
            var g = context.OutputGradient.Slice(row, classes);
            var dz = context.InputGradient(0).Slice(row, classes);
            var mean = T.Zero;
            for (var c = 0; c < classes; c++) mean = T.FusedMultiplyAdd(g[c], p[c], mean);
            for (var c = 0; c < classes; c++) dz[c] = p[c] * (g[c] - mean);
        }
    }
}
