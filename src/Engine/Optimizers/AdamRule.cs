using System.Runtime.CompilerServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share: moving means of the gradient and of its square, both begun at 0 and
/// corrected for it.</summary>
/// <remarks><code>
/// m  = fma(β₁, m, (1 − β₁)·g)
/// v  = fma(β₂, v, (1 − β₂)·g²)                   g² rounded, then its product
/// w' = fma(−α, m / (√v / κ + ε), w)              α = η / (1 − β₁ᵗ), κ = √(1 − β₂ᵗ), t = 1 at the first step
/// </code>
/// α and κ are taken in double precision as functions of t alone (βᵗ by repeated squaring) and rounded once, so nothing but m and v
/// is kept from step to step.
/// </remarks>
internal readonly struct AdamRule : IUpdateRule
{
    private readonly float _minusRate, _keep1, _add1, _keep2, _add2, _correction, _epsilon, _gradientDecay, _weightFactor;

    /// <param name="gradientDecay">λ of g + λ·w; 0: none.</param>
    /// <param name="weightDecay">η·λ, by which w shrinks before the step; 0: not at all.</param>
    public AdamRule(in UpdateStep step, float rate, float beta1, float beta2, float epsilon, float gradientDecay, float weightDecay)
    {
        _minusRate = (float)-(step.ExactRate(rate) / (1 - PortableMath.Power(beta1, step.Step + 1)));
        _correction = (float)Math.Sqrt(1 - PortableMath.Power(beta2, step.Step + 1));
        (_keep1, _add1, _keep2, _add2) = (beta1, 1 - beta1, beta2, 1 - beta2);
        (_epsilon, _gradientDecay) = (epsilon, gradientDecay);
        _weightFactor = -weightDecay;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Next<L, V>(V g, V w, ref V first, ref V second) where L : ILanes<V> where V : struct
    {
        if (_gradientDecay != 0) g = L.Fma(L.Create(_gradientDecay), w, g);
        if (_weightFactor != 0) w = L.Fma(L.Create(_weightFactor), w, w);
        var mean = L.Fma(L.Create(_keep1), first, L.Multiply(L.Create(_add1), g));
        var square = L.Fma(L.Create(_keep2), second, L.Multiply(L.Create(_add2), L.Multiply(g, g)));
        (first, second) = (mean, square);
        var root = L.Add(L.Divide(L.Sqrt(square), L.Create(_correction)), L.Create(_epsilon));
        return L.Fma(L.Create(_minusRate), L.Divide(mean, root), w);
    }
}
