using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Optimizers;

/// <summary>A penalty on the absolute values of the weights.</summary>
/// <remarks><code>
/// penalty λ·Σ|w|      ∂/∂w = λ·sign(w): 0 at 0
/// </code>
/// Per element g ← g + λ, g − λ or g, by the sign of w; a NaN weight leaves g as it is.
/// </remarks>
/// <param name="Strength">λ, finite, at least 0.</param>
public sealed record L1(float Strength, bool BiasesToo = false) : WeightPenalty(BiasesToo)
{
    public float Strength { get; } = float.IsFinite(Strength) && Strength >= 0
        ? Strength
        : throw new ArgumentOutOfRangeException(nameof(Strength), Strength, "the strength of L1 is a finite number, at least 0");

    protected override double Scale => Strength;

    protected override double Sum(double sum, ReadOnlySpan<float> weights)
    {
        foreach (var weight in weights) sum += Math.Abs(weight);
        return sum;
    }

    protected override void Add(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        var (up, down, zero) = (Vector512.Create(Strength), Vector512.Create(-Strength), Vector512<float>.Zero);
        nuint i = 0;
        for (; i + (nuint)Vector512<float>.Count <= (nuint)weights.Length; i += (nuint)Vector512<float>.Count)
        {
            var weight = Vector512.LoadUnsafe(ref w, i);
            var slope = Vector512.ConditionalSelect(Vector512.GreaterThan(weight, zero), up,
                Vector512.ConditionalSelect(Vector512.LessThan(weight, zero), down, zero));
            (Vector512.LoadUnsafe(ref g, i) + slope).StoreUnsafe(ref g, i);
        }
        AddReference(weights[(int)i..], gradient[(int)i..]);
    }

    /// <summary>One element after another: the same bits as the vector loop.</summary>
    internal void AddReference(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        for (var i = 0; i < weights.Length; i++) gradient[i] += weights[i] > 0 ? Strength : weights[i] < 0 ? -Strength : 0;
    }
}
