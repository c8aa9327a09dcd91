using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>A fully connected layer's affine map.</summary>
/// <remarks><code>
/// forward    y_b = W·x_b + β
/// backward   ∂H/∂x_b = Wᵀ·∂H/∂y_b · ∂H/∂W = Σ_b ∂H/∂y_b · x_bᵀ · ∂H/∂β = Σ_b ∂H/∂y_b
/// shapes     x [B, in] or [in] · weight W [out, in] · bias β [out] → [B, out] or [out]
/// saves      nothing
/// order      y and ∂H/∂x: over in (out) in index order, fused multiply-add from +0, the bias added last;
///            ∂H/∂W and ∂H/∂β: over samples in the reduction tree
/// </code></remarks>
/// <param name="label">The layer's name in error messages: Linear "fc2".</param>
public sealed class Linear(string? label = null) : Operation
{
    private string Described => label is null ? "Linear" : $"Linear \"{label}\"";

    public override string Name => "linear";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 3);
        var (x, weight, bias) = (inputs[0], inputs[1], inputs[2]);
        if (weight.Rank != 2 || weight.IsBatched)
            throw new ShapeException($"{Described}: weight has shape {weight}, [out, in] is wanted");
        if (x.Sample.Rank != 1)
            throw new ShapeException($"{Described}: input has shape {x}, [B, {weight[1]}] is wanted: put a flatten before it");
        if (x.SampleElements != weight[1])
            throw new ShapeException($"{Described}: input has {x.SampleElements} features, weight expects {weight[1]}");
        if (bias != new Shape(weight[0]))
            throw new ShapeException($"{Described}: bias has shape {bias}, weight {weight} expects [{weight[0]}]");
        return x.IsBatched ? new Shape(Shape.Batch, weight[0]) : new Shape(weight[0]);
    }

    public override bool ReducesOverSamples(int input) => input is 1 or 2;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (outputs, inputs) = (context.InputShape(1)[0], context.InputShape(1)[1]);
        var rows = context.OutputShape.IsBatched ? context.Samples : 1;
        Gemm.Multiply(false, true, rows, outputs, inputs, context.Input(0), context.Input(1), context.Output, context.Input(2));
    }

    public override void Backward<T>(in BackwardContext<T> context) => Backward(context, context.OutputGradient);

    /// <param name="g">∂H/∂y.</param>
    internal static void Backward<T>(in BackwardContext<T> context, ReadOnlySpan<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (outputs, inputs) = (context.InputShape(1)[0], context.InputShape(1)[1]);
        var batched = context.OutputShape.IsBatched;
        var rows = batched ? context.Samples : 1;
        var offsets = batched ? context.Shards.Offsets : [0, 1];
        if (context.NeedsGradient(2)) Reductions.SumRows(g, outputs, offsets, context.InputGradient(2));
        if (context.NeedsGradient(1))
            Gemm.MultiplyTree(true, false, outputs, inputs, rows, g, context.Input(0), context.InputGradient(1), offsets,
                rowsDone: context.RowsDone(1, outputs, inputs));
        if (context.NeedsGradient(0))
            Gemm.Multiply(false, false, rows, inputs, outputs, g, context.Input(1), context.InputGradient(0));
    }
}
