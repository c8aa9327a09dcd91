using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>One tensor to the power of another, element by element.</summary>
/// <remarks><code>
/// forward    y = a^b; NaN for a &lt; 0 where b is not whole
/// backward   ∂y/∂a = b·a^(b−1), 0 where b = 0 · ∂y/∂b = a^b·ln a, 0 where a = 0 and b ≥ 0
/// shapes     a, b, spread over each other as NumPy does → the common shape
/// saves      nothing
/// stability  float in double, rounded once: see <see cref="Powers"/>
/// order      gradient of an input that was spread: over a sample's elements in index order, over samples in the reduction tree
/// </code>
/// With a constant exponent take <see cref="ConstantPower"/>.
/// </remarks>
public sealed class Power : Operation
{
    public override string Name => "power";

    public override string Symbol => "^";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => ShapeRules.Pair(this, inputs);

    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => Pairwise.ScratchElements(inputs, samples);

    public override bool ReducesOverSamples(int input) => true;

    public override void Forward<T>(in ForwardContext<T> context) => Pairwise.Forward<T, Rule>(context);

    public override void Backward<T>(in BackwardContext<T> context) => Pairwise.Backward<T, Rule>(context);

    private readonly struct Rule : IPairRule
    {
        public static T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => Powers.Of(a, b);

        public static T Left<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> =>
            T.IsZero(b) ? T.Zero : g * (b * Powers.Of(a, b - T.One));

        public static T Right<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T> =>
            T.IsZero(a) && b >= T.Zero ? T.Zero : g * (Powers.Of(a, b) * Scalar.Log(a));
    }
}
