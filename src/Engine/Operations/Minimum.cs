using System.Numerics;

namespace Distributed.Engine.Operations;

/// <summary>The smaller of two tensors, element by element.</summary>
/// <remarks><code>
/// forward    y = min(a, b); NaN where either is
/// backward   ∂y/∂a = 1[a ≤ b] · ∂y/∂b = 1 − 1[a ≤ b]: at a tie all of it goes to a
/// shapes     a, b, spread over each other as NumPy does → the common shape
/// saves      nothing
/// order      gradient of an input that was spread: over a sample's elements in index order, over samples in the reduction tree
/// </code></remarks>
public sealed class Minimum : Operation
{
    public override string Name => "minimum";

    public override string Symbol => "min";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Pair(this, inputs);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => Pairwise.ScratchElements(inputs, samples);

    public override bool ReducesOverSamples(int input) => true;

    public override void Forward<T>(in ForwardContext<T> context) => Pairwise.Forward<T, Rule>(context);

    public override void Backward<T>(in BackwardContext<T> context) => Pairwise.Backward<T, Rule>(context);

    private readonly struct Rule : IPairRule
    {
        public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.Min(a, b);

        public static T Left<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => a <= b ? g : T.Zero;

        public static T Right<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => a <= b ? T.Zero : g;
    }
}
