using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>y = f(a, b) for one pair of elements, and its two derivatives times the output's gradient.</summary>
internal interface IPairRule
{
    static abstract T Value<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>g · ∂y/∂a</summary>
    static abstract T Left<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>g · ∂y/∂b</summary>
    static abstract T Right<T>(T g, T a, T b) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>The loops of operations on two tensors, element by element, each spread over the other where it has to be.</summary>
/// <remarks>
/// Shapes follow <see cref="ShapeRules.Broadcast"/>. The gradient of a tensor that was spread is a sum: over a sample's elements
/// in index order from +0, then, if it has no batch dimension but the other has, over samples in the reduction tree.
/// </remarks>
internal static class Pairwise
{
    /// <summary>For the gradient of an input that is spread over samples: a copy for each of them.</summary>
    public static int ScratchElements(ReadOnlySpan<Shape> inputs, int samples)
    {
        var (a, b) = (inputs[0], inputs[1]);
        if (a.IsBatched == b.IsBatched) return 0;
        return checked(samples * (a.IsBatched ? b : a).SampleElements);
    }

    public static void Forward<T, TRule>(in ForwardContext<T> context)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule
    {
        var a = context.Input(0);
        var b = context.Input(1);
        var y = context.Output;
        var (shapeA, shapeB, grid) = (context.InputShape(0), context.InputShape(1), context.OutputShape);
        var flat = IsFlat(shapeA, grid) && IsFlat(shapeB, grid);
        var atA = Over(grid, shapeA, context.Samples, flat);
        var atB = Over(grid, shapeB, context.Samples, flat);
        var done = 0;
        do
        {
            for (var i = 0; i < atA.Run; i++) y[done++] = TRule.Value(a[atA.At + (i * atA.Step)], b[atB.At + (i * atB.Step)]);
        }
        while (atA.Next() & atB.Next());
    }

    public static void Backward<T, TRule>(in BackwardContext<T> context)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule
    {
        if (context.NeedsGradient(0)) Gradient<T, TRule, LeftSide>(context, 0);
        if (context.NeedsGradient(1)) Gradient<T, TRule, RightSide>(context, 1);
    }

    private static void Gradient<T, TRule, TSide>(in BackwardContext<T> context, int input)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule where TSide : struct, ISide
    {
        var gradient = context.InputGradient(input);
        if (context.InputShape(input).IsBatched || !context.OutputShape.IsBatched)
        {
            Terms<T, TRule, TSide>(context, input, gradient, perSample: false);
            return;
        }
        var ofSamples = context.Scratch[..(context.Samples * gradient.Length)];
        Terms<T, TRule, TSide>(context, input, ofSamples, perSample: true);
        Reductions.SumRows(ofSamples, gradient.Length, context.Shards.Offsets, gradient);
    }

    /// <summary>The terms of an input's gradient, summed in index order where it was spread, or each sample's alone.</summary>
    private static void Terms<T, TRule, TSide>(in BackwardContext<T> context, int input, Span<T> sums, bool perSample)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule where TSide : struct, ISide
    {
        var a = context.Input(0);
        var b = context.Input(1);
        var g = context.OutputGradient;
        var (shapeA, shapeB, grid) = (context.InputShape(0), context.InputShape(1), context.OutputShape);
        var flat = !perSample && IsFlat(shapeA, grid) && IsFlat(shapeB, grid);
        var atA = Over(grid, shapeA, context.Samples, flat);
        var atB = Over(grid, shapeB, context.Samples, flat);
        var to = Over(grid, context.InputShape(input), context.Samples, flat, perSample);
        var isSum = context.InputShape(input) != grid;
        if (isSum) sums.Clear();
        var done = 0;
        do
        {
            for (var i = 0; i < to.Run; i++)
            {
                var term = TSide.Term<T, TRule>(g[done++], a[atA.At + (i * atA.Step)], b[atB.At + (i * atB.Step)]);
                ref var sum = ref sums[to.At + (i * to.Step)];
                sum = isSum ? sum + term : term;
            }
        }
        while (to.Next() & atA.Next() & atB.Next());
    }

    /// <summary>Whether an input goes with one long run over the output.</summary>
    private static bool IsFlat(Shape input, Shape grid) => input == grid || input == Shape.Scalar;

    private static Walk Over(Shape grid, Shape input, int samples, bool flat, bool perSample = false) => flat
        ? Walk.Flat(grid.Elements(samples), input == grid ? 1 : 0)
        : Walk.Spread(input, grid, samples, perSample);

    /// <summary>Which of a rule's two derivatives is meant.</summary>
    private interface ISide
    {
        static abstract T Term<T, TRule>(T g, T a, T b)
            where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule;
    }

    private readonly struct LeftSide : ISide
    {
        public static T Term<T, TRule>(T g, T a, T b)
            where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule => TRule.Left(g, a, b);
    }

    private readonly struct RightSide : ISide
    {
        public static T Term<T, TRule>(T g, T a, T b)
            where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule => TRule.Right(g, a, b);
    }
}
