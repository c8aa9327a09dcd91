using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Average pooling: the mean of each window, map by map.</summary>
/// <remarks><code>
/// forward    y[c, p, q] = Σ over the window of x[c] / n; n = the pixels of the window that lie in the image, or with
///            countPadding all Ky·Kx of it, the padding counting as +0
/// backward   ∂H/∂x = Σ over the windows that hold x of ∂H/∂y / n
/// shapes     [B, C, H, W] or [C, H, W] → [B, C, P, Q] or [C, P, Q]; P = ⌊(H + padding − K) / s⌋ + 1
/// saves      nothing
/// order      y over the window in row-major order, ∂H/∂x over the windows in row-major order, plain sums from +0;
///            the division comes last in forward and first in backward
/// </code></remarks>
/// <param name="y">The window along the rows; no dilation, less padding than its size.</param>
/// <param name="x">The window along the columns, likewise.</param>
public sealed class AveragePool(Window y, Window x, bool countPadding = false) : Operation
{
    /// <summary>The window along the rows.</summary>
    public Window Y { get; } = ImageRules.Pooling(y);

    /// <summary>The window along the columns.</summary>
    public Window X { get; } = ImageRules.Pooling(x);

    /// <summary>Whether padding counts as zeros of the mean; else it is left out.</summary>
    public bool CountPadding => countPadding;

    public override string Name => "average-pool";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ImageRules.Pooled(this, inputs, Y, X);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (height, width) = (context.InputShape(0).Sample[1], context.InputShape(0).Sample[2]);
        WindowSums<PlainTerm>.Forward(Y, X, height, width, context.Input(0), context.Output);
        Divide(height, width, context.Output, context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var (height, width) = (context.InputShape(0).Sample[1], context.InputShape(0).Sample[2]);
        var shares = context.Scratch[..context.OutputGradient.Length];
        Divide(height, width, context.OutputGradient, shares);
        WindowSums<PlainTerm>.Backward(Y, X, height, width, context.Input(0), shares, context.InputGradient(0));
    }

    private void Divide<T>(int height, int width, ReadOnlySpan<T> sums, Span<T> means)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var (rows, columns) = (Y.Outputs(height), X.Outputs(width));
        for (var i = 0; i < sums.Length; i++)
        {
            var (firstY, endY) = Y.Within(i / columns % rows, height);
            var (firstX, endX) = X.Within(i % columns, width);
            means[i] = sums[i] / T.CreateTruncating(countPadding ? Y.Size * X.Size : (endY - firstY) * (endX - firstX));
        }
    }
}
