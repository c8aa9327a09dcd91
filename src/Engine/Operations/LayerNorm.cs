using System.Numerics;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Operations;

/// <summary>Layer normalization: the features of each sample less their mean, divided by their standard deviation.</summary>
/// <remarks><code>
/// forward    y_i = γ_i·x̂_i + β_i,  x̂_i = (x_i − μ_b)·r_b,  r_b = 1/√(σ²_b + ε), μ_b and σ²_b over the n features of the sample
/// backward   h_i = γ_i·g_i;  ∂H/∂x_i = r·(h_i − Σh/n − x̂_i·Σ(h·x̂)/n) · ∂H/∂γ_i = Σ_b g_i·x̂_i · ∂H/∂β_i = Σ_b g_i
/// shapes     x [B, s…] or [s…] · gain γ and shift β [s…] → as x
/// source     Ba, Kiros, Hinton: Layer Normalization (2016)
/// saves      μ and r of each sample
/// stability  the variance is taken around the mean, not as a difference of squares; ε keeps a constant sample finite
/// order      over features: float is summed in double as <see cref="Reductions"/> says; over samples: in the reduction tree
/// </code></remarks>
/// <param name="epsilon">ε, above 0.</param>
/// <param name="label">The layer's name in error messages: LayerNorm "layer-norm1".</param>
public sealed class LayerNorm(float epsilon = LayerNorm.DefaultEpsilon, string? label = null) : Operation
{
    public const float DefaultEpsilon = 1e-5f;

    private const int Gain = 1, Shift = 2;

    public float Epsilon { get; } = float.IsFinite(epsilon) && epsilon > 0 ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the ε of layer normalization is a finite number above 0");

    public override string Name => "layer-norm";

    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ShapeRules.Count(this, inputs, 3);
        for (var i = Gain; i <= Shift; i++)
        {
            if (inputs[i] == inputs[0].Sample) continue;
            throw new ShapeException($"{(label is null ? "LayerNorm" : $"LayerNorm \"{label}\"")}: {(i == Gain ? "gain" : "shift")} has shape "
                + $"{inputs[i]}, input {inputs[0]} expects {inputs[0].Sample}");
        }
        return inputs[0];
    }

    public override bool ReducesOverSamples(int input) => input >= Gain;

    public override int SavedElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].IsBatched ? 2 * samples : 2;

    /// <summary>g·x̂ of every sample.</summary>
    public override int ScratchElements(ReadOnlySpan<Shape> inputs, int samples) => inputs[0].Elements(samples);

    public override void Forward<T>(in ForwardContext<T> context)
    {
        var features = context.InputShape(1).SampleElements;
        for (var first = 0; first < context.Output.Length; first += features)
        {
            var x = context.Input(0).Slice(first, features);
            var y = context.Output.Slice(first, features);
            var (mean, r) = typeof(T) == typeof(float) ? Observe<T, double>(x) : Observe<T, T>(x);
            context.Saved[2 * (first / features)] = mean;
            context.Saved[(2 * (first / features)) + 1] = r;
            Elementwise.AddScalar(x, -mean, y);
            Elementwise.Scale<T>(y, r, y);
            Elementwise.MultiplyAdd<T>(y, context.Input(Gain), context.Input(Shift), y);
        }
    }

    public override void Backward<T>(in BackwardContext<T> context)
    {
        var features = context.InputShape(1).SampleElements;
        var g = context.OutputGradient;
        var terms = context.Scratch[..g.Length];
        for (var first = 0; first < g.Length; first += features)
        {
            var normalized = terms.Slice(first, features);
            var (mean, r) = (context.Saved[2 * (first / features)], context.Saved[(2 * (first / features)) + 1]);
            Elementwise.AddScalar(context.Input(0).Slice(first, features), -mean, normalized);
            Elementwise.Scale<T>(normalized, r, normalized);
            var mine = g.Slice(first, features);
            if (context.NeedsGradient(0))
            {
                var dx = context.InputGradient(0).Slice(first, features);
                Elementwise.Multiply(mine, context.Input(Gain), dx);
                var (average, slope) = typeof(T) == typeof(float) ? Means<T, double>(dx, normalized) : Means<T, T>(dx, normalized);
                Elementwise.AddScaled<T>(dx, normalized, -slope, dx);
                Elementwise.AddScalar<T>(dx, -average, dx);
                Elementwise.Scale<T>(dx, r, dx);
            }
            Elementwise.Multiply(mine, normalized, normalized);
        }
        var offsets = context.OutputShape.IsBatched ? context.Shards.Offsets : [0, 1];
        if (context.NeedsGradient(Gain)) Reductions.SumRows<T>(terms, features, offsets, context.InputGradient(Gain));
        if (context.NeedsGradient(Shift)) Reductions.SumRows(g, features, offsets, context.InputGradient(Shift));
    }

    private (T Mean, T R) Observe<T, TSum>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        var count = TSum.CreateChecked(x.Length);
        var mean = WideSums.Sum<T, TSum>(x) / count;
        var variance = WideSums.SumOfSquares(x, mean) / count;
        return (T.CreateChecked(mean), T.CreateChecked(TSum.One / TSum.Sqrt(variance + TSum.CreateChecked(Epsilon))));
    }

    /// <summary>Σh/n and Σ(h·x̂)/n.</summary>
    private static (T, T) Means<T, TSum>(ReadOnlySpan<T> h, ReadOnlySpan<T> normalized)
        where T : unmanaged, IFloatingPointIeee754<T> where TSum : unmanaged, IFloatingPointIeee754<TSum>
    {
        var count = TSum.CreateChecked(h.Length);
        return (T.CreateChecked(WideSums.Sum<T, TSum>(h) / count), T.CreateChecked(WideSums.Dot<T, TSum>(h, normalized) / count));
    }
}
