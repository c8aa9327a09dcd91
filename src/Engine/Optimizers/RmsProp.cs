using System.Runtime.CompilerServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>RMSProp: the gradient divided by a moving root mean square of itself, with momentum if wanted.</summary>
/// <remarks><code>
/// g' = fma(λ, w, g)                  λ = WeightDecay; skipped where λ = 0
/// s  = fma(ρ, s, (1 − ρ)·g'²)        ρ = Decay; g'² rounded, then its product
/// u  = g' / (√s + ε)
/// v  = fma(μ, v, u)                  μ = Momentum; without momentum v = u and nothing is kept
/// w' = fma(−η, v, w)                 η = Rate · the schedule's factor
/// </code>
/// Hinton: Neural networks for machine learning, lecture 6 (2012). PyTorch's convention, not centered: ε stands outside the root.
/// </remarks>
/// <param name="Rate">η, finite, at least 0.</param>
/// <param name="Decay">ρ, 0 ≤ ρ &lt; 1.</param>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1.</param>
/// <param name="Epsilon">ε, finite, above 0.</param>
/// <param name="WeightDecay">λ, finite, at least 0.</param>
public sealed record RmsProp(float Rate = 0.01f, float Decay = 0.99f, float Momentum = 0, float Epsilon = 1e-8f, float WeightDecay = 0)
    : ElementwiseOptimizer
{
    private static readonly string[] Plain = ["squares"], WithMomentum = ["squares", "momentum"];

    public float Rate { get; } = Setting.NotNegative(Rate, "the learning rate");

    public float Decay { get; } = Setting.Share(Decay, "the decay of the mean square");

    public float Momentum { get; } = Setting.Share(Momentum, "momentum");

    public float Epsilon { get; } = Setting.Positive(Epsilon, "epsilon");

    public float WeightDecay { get; } = Setting.NotNegative(WeightDecay, "weight decay");

    /// <summary>"squares": s, and "momentum": v where <see cref="Momentum"/> is not 0.</summary>
    public override IReadOnlyList<string> StateNames => Momentum == 0 ? Plain : WithMomentum;

    private protected override string Kind => "rmsprop";

    private protected override bool Apply(in UpdateStep step, in UpdateSlice slice, bool plain) =>
        slice.Apply(new Rule(-step.Rate(Rate), Decay, Momentum, Epsilon, WeightDecay), plain);

    private readonly struct Rule(float minusRate, float decay, float momentum, float epsilon, float weightDecay) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Next<L, V>(V g, V w, ref V first, ref V second) where L : ILanes<V> where V : struct
        {
            if (weightDecay != 0) g = L.Fma(L.Create(weightDecay), w, g);
            var square = L.Fma(L.Create(decay), first, L.Multiply(L.Create(1 - decay), L.Multiply(g, g)));
            first = square;
            var direction = L.Divide(g, L.Add(L.Sqrt(square), L.Create(epsilon)));
            if (momentum != 0)
            {
                direction = L.Fma(L.Create(momentum), second, direction);
                second = direction;
            }
            return L.Fma(L.Create(minusRate), direction, w);
        }
    }
}
