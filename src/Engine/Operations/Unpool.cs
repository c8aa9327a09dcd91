using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Unpooling with remembered positions: each element goes back to where the largest of its window was.</summary>
/// <remarks><code>
/// forward    y[c, i] = Σ of z[c, p] over the windows p whose largest x is at pixel i; +0 where there is none
/// backward   ∂H/∂z[c, p] = ∂H/∂y[c, position of the largest x of window p] · none to x, which only says where
/// shapes     z [B, C, P, Q] · x [B, C, H, W], the input of the max pooling → [B, C, H, W]; or all without B
/// saves      the positions: found by the rule of <see cref="MaxPool"/>, so they are the pooling's own
/// order      where windows overlap they are added in row-major order, from +0
/// </code>
/// Source: Zeiler, Taylor, Fergus: Adaptive Deconvolutional Networks for Mid and High Level Feature Learning (2011).</remarks>
/// <param name="y">The pooling's window along the rows.</param>
/// <param name="x">The pooling's window along the columns.</param>
public sealed class Unpool(Window y, Window x) : Operation
{
    private readonly MaxPool _pool = new(y, x);

    /// <summary>The pooling's window along the rows.</summary>
    public Window Y => _pool.Y;

    /// <summary>The pooling's window along the columns.</summary>
    public Window X => _pool.X;

    public override string Name => "unpool";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 2);
        var pooled = _pool.InferShape([inputs[1]]);
        if (inputs[0] != pooled)
            throw new ShapeException($"{Name}: input has shape {inputs[0]}, the max pooling of {inputs[1]} gave {pooled}");
        return inputs[1];
    }

    public override bool HasGradient(int input) => input == 0;

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var sample = context.OutputShape.Sample;
        var planes = context.Output.Length / (sample[1] * sample[2]);
        var places = context.Saved[..context.Input(0).Length];
        MaxPooling.Forward(_pool.Y, _pool.X, planes, sample[1], sample[2], context.Input(1), [], places);
        MaxPooling.Scatter(planes, context.Input(0), places, context.Output);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var sample = context.OutputShape.Sample;
        var places = context.Saved[..context.Input(0).Length];
        MaxPooling.Gather(context.Output.Length / (sample[1] * sample[2]), context.OutputGradient, places, context.InputGradient(0));
    }
}
