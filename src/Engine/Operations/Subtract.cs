using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>The difference of two tensors, element by element.</summary>
/// <remarks><code>
/// forward    y = a − b
/// backward   ∂y/∂a = 1 · ∂y/∂b = −1
/// shapes     a, b, spread over each other as NumPy does → the common shape
/// saves      nothing
/// order      gradient of an input that was spread: over a sample's elements in index order, over samples in the reduction tree
/// </code></remarks>
public sealed class Subtract : Operation
{
    public override string Name => "subtract";

    public override string Symbol => "-";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Pair(this, inputs);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => Pairwise.ScratchElements(inputs, samples);

    public override bool ReducesOverSamples(int input) => true;

    public override void Forward<T>(in ForwardContext<T> context)
    {
        if (context.InputShape(0) == context.InputShape(1))
            Elementwise.Subtract(context.Input(0), context.Input(1), context.Output);
        else
            Pairwise.Forward<T, Rule>(context);
    }

    public override void Backward<T>(in BackwardContext<T> context) => Pairwise.Backward<T, Rule>(context);

    private readonly struct Rule : IPairRule
    {
        public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => a - b;

        public static T Left<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => g;

        public static T Right<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => -g;
    }
}
