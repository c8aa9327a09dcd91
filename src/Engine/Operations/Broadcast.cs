using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>A tensor spread over a larger shape by NumPy's rules: axes of extent 1, and missing ones in front, are repeated.</summary>
/// <remarks><code>
/// forward    y_i = x_j, j being i with the repeated axes left out
/// backward   ∂H/∂x_j = Σ ∂H/∂y_i over the i that x_j went to
/// shapes     [s…] → [t…] · [B, s…] → [B, t…] · [s…] → [B, t…];  s_d = t_d or 1
/// saves      nothing
/// order      backward: over a sample's elements in index order from +0, over samples in the reduction tree
/// </code></remarks>
/// <param name="shape">[t…] or [B, t…]: the whole shape of the output.</param>
public sealed class Broadcast(Shape shape) : Operation
{
    public Shape Shape { get; } = shape;

    public override string Name => "broadcast";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 1);
        var input = inputs[0];
        var fits = input.Rank <= Shape.Rank;
        for (var d = 1; fits && d <= input.Rank; d++)
            fits = input[input.Rank - d] == 1 || input[input.Rank - d] == Shape[Shape.Rank - d];
        return fits ? Shape : throw new ShapeException($"broadcast: {input} cannot be spread over {Shape}: "
            + "from the last on, each of its extents must be 1 or that of the target");
    }

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) =>
        Pairwise.ScratchElements([inputs[0], Shape], samples);

    public override bool ReducesOverSamples(int input) => true;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var x = context.Input(0);
        var y = context.Output;
        var walk = Walk.Spread(context.InputShape(0), context.OutputShape, context.Samples);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) y[done++] = x[walk.At + (i * walk.Step)];
        }
        while (walk.Next());
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.OutputGradient;
        var dx = context.InputGradient(0);
        var perSample = context.OutputShape.IsBatched && !context.InputShape(0).IsBatched;
        var sums = perSample ? context.Scratch[..(context.Samples * dx.Length)] : dx;
        sums.Clear();
        var walk = Walk.Spread(context.InputShape(0), context.OutputShape, context.Samples, perSample);
        var done = 0;
        do
        {
            for (var i = 0; i < walk.Run; i++) sums[walk.At + (i * walk.Step)] += g[done++];
        }
        while (walk.Next());
        if (perSample) Reductions.SumRows(sums, dx.Length, context.Shards.Offsets, dx);
    }
}
