using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Optimizers;

/// <summary>A penalty on the squares of the weights, in either of the two forms in use.</summary>
/// <remarks><code>
/// Halved = false   penalty λ·Σw²      ∂/∂w = 2λ·w      the form λ‖W‖²
/// Halved = true    penalty λ/2·Σθ²    ∂/∂w =  λ·w      the form λ/2·‖θ‖²
/// </code>
/// The sum runs over weights, and over biases too where <paramref name="BiasesToo"/>. Per element g ← fma(c, w, g) with c = 2λ or λ:
/// one rounding, no element touches another, so any cut into slices and every vector width give the same bits.
/// </remarks>
/// <param name="Strength">λ, finite, at least 0.</param>
public sealed record L2(float Strength, bool Halved = false, bool BiasesToo = false) : WeightPenalty(BiasesToo)
{
    public float Strength { get; } = float.IsFinite(2 * Strength) && Strength >= 0
        ? Strength
        : throw new ArgumentOutOfRangeException(nameof(Strength), Strength, "the strength of L2 is a finite number, at least 0");

    protected override double Scale => Halved ? 0.5 * Strength : Strength;

    protected override double Sum(double sum, ReadOnlySpan<float> weights)
    {
        foreach (var weight in weights) sum += (double)weight * weight;
        return sum;
    }

    private float Coefficient => Halved ? Strength : 2 * Strength;

    protected override void Add(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        var coefficient = Vector512.Create(Coefficient);
        nuint i = 0;
        for (; i + (nuint)Vector512<float>.Count <= (nuint)weights.Length; i += (nuint)Vector512<float>.Count)
            Vector512.FusedMultiplyAdd(coefficient, Vector512.LoadUnsafe(ref w, i), Vector512.LoadUnsafe(ref g, i))
                .StoreUnsafe(ref g, i);
        AddReference(weights[(int)i..], gradient[(int)i..]);
    }

    /// <summary>g ← fma(c, w, g), one element after another: the same bits as the vector loop.</summary>
    internal void AddReference(ReadOnlySpan<float> weights, Span<float> gradient)
    {
        for (var i = 0; i < weights.Length; i++) gradient[i] = MathF.FusedMultiplyAdd(Coefficient, weights[i], gradient[i]);
    }
}
