using System.Runtime.InteropServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>A convolution, ReLU and max pooling by 2 as one operation.</summary>
/// <remarks><code>
/// forward    y = MaxPool(Relu(Conv2d(x, w, β)))
/// backward   as theirs, one after another
/// shapes     x [B, C, H, W] · weight [O, C, Ky, Kx] · bias [O] → [B, O, ⌊P / 2⌋, ⌊Q / 2⌋]; also without B
/// saves      the place of each winner in its window, as an integer
/// order      theirs
/// </code>
/// See <see cref="PooledConvolution"/>.</remarks>
/// <param name="convolution">The first of them.</param>
/// <param name="pool">The last.</param>
internal sealed class PooledConv2d(Conv2d convolution, MaxPool pool) : FusedOperation
{
    private static readonly Window s_half = new(2, 2);

    public override string Name => "conv2d-relu-max-pool";

    /// <summary>Whether a convolution with these inputs and a pooling can be one operation, and gain by it.</summary>
    public static bool Suits(Conv2d convolution, MaxPool pool, ReadOnlySpan<Shape> inputs) => pool.X == s_half && pool.Y == s_half
        && PooledConvolution.Suits(convolution.Geometry(inputs[0], inputs[1][0]));

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => pool.InferShape([convolution.InferShape(inputs)]);

    public override bool ReducesOverSamples(int input) => convolution.ReducesOverSamples(input);

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context) =>
        PooledConvolution.Forward(convolution.Tables(context.InputShape(0), context.OutputShape),
            context.OutputShape.IsBatched ? context.Samples : 1, Floats(context.Input(0)), Floats(context.Input(1)),
            convolution.HasBias ? Floats(context.Input(2)) : [], Floats(context.Output),
            MemoryMarshal.Cast<T, int>(context.Saved)[..context.Output.Length]);

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var batched = context.OutputShape.IsBatched;
        var g = Floats(context.OutputGradient);
        PooledConvolution.Backward(convolution.Tables(context.InputShape(0), context.OutputShape),
            batched ? context.Shards.Offsets : [0, 1], Floats(context.Input(0)), Floats(context.Input(1)), g,
            MemoryMarshal.Cast<T, int>(context.Saved)[..g.Length], Floats(context.InputGradient(1)),
            convolution.HasBias ? Floats(context.InputGradient(2)) : [],
            context.NeedsGradient(0) ? Floats(context.InputGradient(0)) : []);
    }
}
