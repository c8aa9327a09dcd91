using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Max pooling: the largest element of each window, map by map.</summary>
/// <remarks><code>
/// forward    y[c, p, q] = max over the window of x[c]; the first of equals in row-major order wins, a NaN wins over any number,
///            padding never wins
/// backward   ∂H/∂y goes to the element that won; where windows overlap the gradients of an element are added
/// shapes     [B, C, H, W] or [C, H, W] → [B, C, P, Q] or [C, P, Q]; P = ⌊(H + padding − K) / s⌋ + 1
/// saves      the place of each winner in its plane
/// order      gradients of overlapping windows are added in row-major order of the windows, from +0
/// </code></remarks>
/// <param name="y">The window along the rows; no dilation, less padding than its size.</param>
/// <param name="x">The window along the columns, likewise.</param>
public sealed class MaxPool(Window y, Window x) : Operation
{
    /// <summary>A float counts no further without gaps, and places are kept as elements.</summary>
    internal const int MaxPixels = 1 << 24;

    public Window Y { get; } = ImageRules.Pooling(y);

    public Window X { get; } = ImageRules.Pooling(x);

    public override string Name => "max-pool";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        var pooled = ImageRules.Pooled(this, inputs, Y, X);
        var sample = inputs[0].Sample;
        return (long)sample[1] * sample[2] <= MaxPixels ? pooled
            : throw new ShapeException($"{Name}: a map of at most {MaxPixels} pixels is wanted, input has shape {inputs[0]}");
    }

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var places = context.Saved[..context.Output.Length];
        MaxPooling.Forward(Y, X, context.Input(0).Length / (sample[1] * sample[2]), sample[1], sample[2], context.Input(0),
            context.Output, places);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var g = context.OutputGradient;
        MaxPooling.Scatter(context.Input(0).Length / (sample[1] * sample[2]), g, context.Saved[..g.Length], context.InputGradient(0));
    }
}
