using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>L2 pooling over feature maps: the Euclidean length of neighbouring maps at each pixel.</summary>
/// <remarks><code>
/// forward    y[m, i] = √(Σ over maps c in [m·s, m·s + K) of x[c, i]²), i a pixel
/// backward   ∂y/∂x = x / y; 0 where y is 0
/// shapes     [B, C, H, W] or [C, H, W] → [B, M, H, W] or [M, H, W]; M = ⌊(C − K) / s⌋ + 1
/// saves      nothing
/// order      Σ over the maps, ∂H/∂x over the groups that hold the map, in index order: fused multiply-add from +0
/// </code>
/// So a feature stays when it moves between the maps of a group: invariance that is learned rather than laid down.
/// Source: Kavukcuoglu, Ranzato, Fergus, LeCun: Learning Invariant Features through Topographic Filter Maps (2009).</remarks>
/// <param name="maps">The window over the maps; no dilation, no padding.</param>
public sealed class L2PoolMaps(Window maps) : Operation
{
    /// <summary>The window over the maps.</summary>
    public Window Maps { get; } = maps is { Dilation: 1, Before: 0, After: 0 } ? maps
        : throw new ArgumentOutOfRangeException(nameof(maps), maps, "a pooling over maps has neither dilation nor padding");

    public override string Name => "l2-pool-maps";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var (channels, height, width) = ImageRules.Image(Name, inputs[0]);
        if (Maps.Outputs(channels) == 0)
            throw new ShapeException($"{Name}: groups of {Maps.Size} maps are wanted, input has {channels}");
        return ImageRules.Like(inputs[0], Maps.Outputs(channels), height, width);
    }

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    // A sample's maps are rows of an image [1, C, H·W]; the window is K rows high and one pixel wide.
    public override void Forward<T>(in ForwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var y = context.Output;
        WindowSums<SquareTerm>.Forward(Maps, new Window(1), sample[0], sample[1] * sample[2], context.Input(0), y);
        for (var i = 0; i < y.Length; i++) y[i] = T.Sqrt(y[i]);
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var sample = context.InputShape(0).Sample;
        var y = context.Output;
        var g = context.OutputGradient;
        var shares = context.Scratch[..g.Length];
        for (var i = 0; i < g.Length; i++) shares[i] = y[i] == T.Zero ? T.Zero : g[i] / y[i];
        WindowSums<SquareTerm>.Backward(Maps, new Window(1), sample[0], sample[1] * sample[2], context.Input(0), shares,
            context.InputGradient(0));
    }
}
