using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>A fully connected layer's affine map and ReLU as one operation: what is negative never leaves the nearest cache.</summary>
/// <remarks><code>
/// forward    y = Relu(Linear(x, W, β))
/// backward   as theirs, one after the other
/// shapes     as Linear's
/// saves      nothing: y > 0 where what went into ReLU was
/// order      theirs
/// </code></remarks>
internal sealed class RectifiedLinear(Linear linear) : FusedOperation
{
    public override string Name => "linear-relu";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => linear.InferShape(inputs);

    public override bool ReducesOverSamples(int input) => linear.ReducesOverSamples(input);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => InferShape(inputs).Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var (outputs, inputs) = (context.InputShape(1)[0], context.InputShape(1)[1]);
        var rows = context.OutputShape.IsBatched ? context.Samples : 1;
        Gemm.MultiplyRelu(rows, outputs, inputs, Floats(context.Input(0)), Floats(context.Input(1)), Floats(context.Output), Floats(context.Input(2)));
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var g = context.Scratch[..context.Output.Length];
        Elementwise.ReluBackward(context.OutputGradient, context.Output, g);
        Linear.Backward<T>(context, g);
    }
}
