using System.Numerics;

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

/// <summary>The loops of operations on two tensors of one shape, or of a tensor and a scalar.</summary>
/// <remarks>A scalar's gradient is the sum over all elements of the other, in index order, from +0.</remarks>
internal static class Pairwise
{
    public static void Forward<T, TRule>(in ForwardContext<T> context)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule
    {
        var a = context.Input(0);
        var b = context.Input(1);
        var y = context.Output;
        var (stepA, stepB) = (Step(context.InputShape(0), context.OutputShape), Step(context.InputShape(1), context.OutputShape));
        for (var i = 0; i < y.Length; i++) y[i] = TRule.Value(a[i * stepA], b[i * stepB]);
    }

    public static void Backward<T, TRule>(in BackwardContext<T> context)
        where T : unmanaged, IFloatingPointIeee754<T> where TRule : struct, IPairRule
    {
        var a = context.Input(0);
        var b = context.Input(1);
        var g = context.OutputGradient;
        var (stepA, stepB) = (Step(context.InputShape(0), context.OutputShape), Step(context.InputShape(1), context.OutputShape));
        if (context.NeedsGradient(0))
        {
            var da = context.InputGradient(0);
            if (stepA == 0) da[0] = T.Zero;
            for (var i = 0; i < g.Length; i++)
            {
                var term = TRule.Left(g[i], a[i * stepA], b[i * stepB]);
                if (stepA == 0) da[0] += term;
                else da[i] = term;
            }
        }
        if (context.NeedsGradient(1))
        {
            var db = context.InputGradient(1);
            if (stepB == 0) db[0] = T.Zero;
            for (var i = 0; i < g.Length; i++)
            {
                var term = TRule.Right(g[i], a[i * stepA], b[i * stepB]);
                if (stepB == 0) db[0] += term;
                else db[i] = term;
            }
        }
    }

    /// <summary>0 for a scalar that is spread over the output, else 1.</summary>
    private static int Step(Shape input, Shape output) => input == output ? 1 : 0;
}
