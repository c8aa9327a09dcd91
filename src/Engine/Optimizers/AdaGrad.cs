using System.Runtime.CompilerServices;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>AdaGrad: every parameter has its own rate, which falls with the squares of the gradients it has seen.</summary>
/// <remarks><code>
/// g' = fma(λ, w, g)                  λ = WeightDecay; skipped where λ = 0
/// s  = fma(g', g', s)
/// w' = fma(−η, g' / (√s + ε), w)     η = Rate · the schedule's factor
/// </code>
/// Duchi, Hazan, Singer: Adaptive subgradient methods for online learning and stochastic optimization (2011). PyTorch's convention:
/// ε stands outside the root, s begins at 0.
/// </remarks>
/// <param name="Rate">η, finite, at least 0.</param>
/// <param name="Epsilon">ε, finite, above 0: no division by 0 before the first gradient that is not 0.</param>
/// <param name="WeightDecay">λ, finite, at least 0.</param>
public sealed record AdaGrad(float Rate = 0.01f, float Epsilon = 1e-10f, float WeightDecay = 0) : ElementwiseOptimizer
{
    private static readonly string[] Names = ["squares"];

    public float Rate { get; } = Setting.NotNegative(Rate, "the learning rate");

    public float Epsilon { get; } = Setting.Positive(Epsilon, "epsilon");

    public float WeightDecay { get; } = Setting.NotNegative(WeightDecay, "weight decay");

    /// <summary>"squares": s.</summary>
    public override IReadOnlyList<string> StateNames => Names;

    private protected override string Kind => "adagrad";

    private protected override bool Apply(in UpdateStep step, in UpdateSlice slice, bool plain) =>
        slice.Apply(new Rule(-step.Rate(Rate), Epsilon, WeightDecay), plain);

    private readonly struct Rule(float minusRate, float epsilon, float decay) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Next<L, V>(V g, V w, ref V first, ref V second) where L : ILanes<V> where V : struct
        {
            if (decay != 0) g = L.Fma(L.Create(decay), w, g);
            var squares = L.Fma(g, g, first);
            first = squares;
            return L.Fma(L.Create(minusRate), L.Divide(g, L.Add(L.Sqrt(squares), L.Create(epsilon))), w);
        }
    }
}
