using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>L2 pooling: the Euclidean length of each window, map by map.</summary>
/// <remarks><code>
/// forward    y[c, p, q] = √(Σ over the window of x[c]²); padding counts as +0
/// backward   ∂y/∂x = x / y; 0 where y is 0 (the middle of the slopes at the kink)
/// shapes     [B, C, H, W] or [C, H, W] → [B, C, P, Q] or [C, P, Q]; P = ⌊(H + padding − K) / s⌋ + 1
/// saves      nothing
/// stability  |x / y| ≤ 1; a window of numbers below 10⁻²³ in float has y = 0, as their squares vanish
/// order      Σ over the window in row-major order, ∂H/∂x over the windows in row-major order: fused multiply-add from +0
/// </code>
/// Source: Sermanet, Chintala, LeCun: Convolutional Neural Networks Applied to House Numbers Digit Classification (2012), with p = 2
/// and equal weights.</remarks>
/// <param name="y">The window along the rows; no dilation, less padding than its size.</param>
/// <param name="x">The window along the columns, likewise.</param>
public sealed class L2Pool(Window y, Window x) : Operation
{
    /// <summary>The window along the rows.</summary>
    public Window Y { get; } = ImageRules.Pooling(y);

    /// <summary>The window along the columns.</summary>
    public Window X { get; } = ImageRules.Pooling(x);

    public override string Name => "l2-pool";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ImageRules.Pooled(this, inputs, Y, X);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var y = context.Output;
        WindowSums<SquareTerm>.Forward(Y, X, sample[1], sample[2], context.Input(0), y);
        for (var i = 0; i < y.Length; i++) y[i] = T.Sqrt(y[i]);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var y = context.Output;
        var g = context.OutputGradient;
        var shares = context.Scratch[..g.Length];
        for (var i = 0; i < g.Length; i++) shares[i] = y[i] == T.Zero ? T.Zero : g[i] / y[i];
        WindowSums<SquareTerm>.Backward(Y, X, sample[1], sample[2], context.Input(0), shares, context.InputGradient(0));
    }
}
