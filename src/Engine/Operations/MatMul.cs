using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The product of two matrices.</summary>
/// <remarks><code>
/// forward    Y = A·B
/// backward   ∂H/∂A = ∂H/∂Y·Bᵀ · ∂H/∂B = Aᵀ·∂H/∂Y
/// shapes     A [m, k] or [B, k] · B [k, n] → [m, n] or [B, n]
/// saves      nothing
/// order      each element over k in index order, fused multiply-add from +0;
///            where A is batched ∂H/∂B runs over samples in the reduction tree
/// </code></remarks>
public sealed class MatMul : Operation
{
    public override string Name => "matmul";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 2);
        var (a, b) = (inputs[0], inputs[1]);
        if (a.Rank != 2 || b.Rank != 2 || b.IsBatched || a[1] != b[0])
            throw new ShapeException($"matmul: left has shape {a}, right has {b}: [m, k] or [B, k] and [k, n] are wanted");
        return new Shape(a[0], b[1]);
    }

    public override bool ReducesOverSamples(int input) => input == 1;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (k, n) = (context.InputShape(1)[0], context.InputShape(1)[1]);
        Gemm.Multiply(false, false, context.Output.Length / n, n, k, context.Input(0), context.Input(1), context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var (k, n) = (context.InputShape(1)[0], context.InputShape(1)[1]);
        var m = context.Output.Length / n;
        if (context.NeedsGradient(0))
            Gemm.Multiply(false, true, m, k, n, context.OutputGradient, context.Input(1), context.InputGradient(0));
        if (!context.NeedsGradient(1)) return;
        if (context.InputShape(0).IsBatched)
            Gemm.MultiplyTree(true, false, k, n, m, context.Input(0), context.OutputGradient, context.InputGradient(1),
                context.Shards.Offsets);
        else
            Gemm.Multiply(true, false, k, n, m, context.Input(0), context.OutputGradient, context.InputGradient(1));
    }
}
