using System.Runtime.CompilerServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>Stochastic gradient descent, with momentum (Nesterov's too) and weight decay if wanted.</summary>
/// <remarks><code>
/// g' = fma(λ, w, g)        λ = WeightDecay; skipped where λ = 0
/// v  = fma(μ, v, g')       μ = Momentum;    without momentum v = g' and nothing is kept
/// d  = v                   Nesterov: d = fma(μ, v, g'), where the momentum will carry the weights next
/// w' = fma(−η, d, w)       η = Rate · the schedule's factor
/// </code>
/// each fma one rounding. The convention is PyTorch's (no dampening): the rate multiplies the momentum vector, not the gradient
/// that enters it. Decay reaches every parameter, biases too; see <see cref="L2"/> for weights only.
/// Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (2013).
/// </remarks>
/// <param name="Rate">η, finite, at least 0.</param>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1.</param>
/// <param name="WeightDecay">λ, finite, at least 0.</param>
/// <param name="Nesterov">Without momentum it changes nothing.</param>
public sealed record Sgd(float Rate, float Momentum = 0, float WeightDecay = 0, bool Nesterov = false) : ElementwiseOptimizer
{
    private static readonly string[] MomentumName = ["momentum"];

    public float Rate { get; } = Setting.NotNegative(Rate, "the learning rate");

    public float Momentum { get; } = Setting.Share(Momentum, "momentum");

    public float WeightDecay { get; } = Setting.NotNegative(WeightDecay, "weight decay");

    /// <summary>"momentum", or none where <see cref="Momentum"/> is 0.</summary>
    public override IReadOnlyList<string> StateNames => Momentum == 0 ? [] : MomentumName;

    private protected override string Kind => "sgd";

    private protected override bool Apply(in UpdateStep step, in UpdateSlice slice, bool plain) =>
        slice.Apply(new Rule(-step.Rate(Rate), Momentum, WeightDecay, Nesterov), plain);

    private readonly struct Rule(float minusRate, float momentum, float decay, bool nesterov) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Next<L, V>(V g, V w, ref V first, ref V second) where L : ILanes<V> where V : struct
        {
            if (decay != 0) g = L.Fma(L.Create(decay), w, g);
            var direction = g;
            if (momentum != 0)
            {
                direction = L.Fma(L.Create(momentum), first, g);
                first = direction;
                if (nesterov) direction = L.Fma(L.Create(momentum), direction, g);
            }
            return L.Fma(L.Create(minusRate), direction, w);
        }
    }
}
