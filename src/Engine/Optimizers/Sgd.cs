using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Engine.Optimizers;

/// <summary>Stochastic gradient descent, with momentum and weight decay if wanted.</summary>
/// <remarks><code>
/// g' = fma(λ, w, g)        λ = WeightDecay; skipped where λ = 0
/// v  = fma(μ, v, g')       μ = Momentum;    without momentum v = g' and nothing is kept
/// w' = fma(−η, v, w)       η = Rate · the schedule's factor
/// </code>
/// each fma one rounding; elements do not touch each other, so any cut of the flat vector into slices and every vector width give
/// the same bits. The convention is PyTorch's (no dampening, no Nesterov): the rate multiplies the momentum vector, not the
/// gradient that enters it. Decay reaches every parameter, biases too; see <see cref="L2"/> for weights only.
/// </remarks>
/// <param name="Rate">η, finite, at least 0.</param>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1.</param>
/// <param name="WeightDecay">λ, finite, at least 0.</param>
public sealed record Sgd(float Rate, float Momentum = 0, float WeightDecay = 0) : Optimizer
{
    private static readonly string[] MomentumName = ["momentum"];

    public float Rate { get; } = float.IsFinite(Rate) && Rate >= 0
        ? Rate
        : throw new ArgumentOutOfRangeException(nameof(Rate), Rate, "the learning rate is a finite number, at least 0");

    public float Momentum { get; } = Momentum is >= 0 and < 1
        ? Momentum
        : throw new ArgumentOutOfRangeException(nameof(Momentum), Momentum, "momentum is at least 0 and below 1");

    public float WeightDecay { get; } = float.IsFinite(WeightDecay) && WeightDecay >= 0
        ? WeightDecay
        : throw new ArgumentOutOfRangeException(nameof(WeightDecay), WeightDecay, "weight decay is a finite number, at least 0");

    /// <summary>"momentum", or none where <see cref="Momentum"/> is 0.</summary>
    public override IReadOnlyList<string> StateNames => Momentum == 0 ? [] : MomentumName;

    public override void Update(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state)
    {
        CheckLengths(gradient, weights, next);
        var momentum = Slice(state, offset, gradient.Length);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var n = ref MemoryMarshal.GetReference(next);
        ref var v = ref MemoryMarshal.GetReference(momentum);
        var (rate, mu, decay) = (Vector512.Create(-step.Rate(Rate)), Vector512.Create(Momentum), Vector512.Create(WeightDecay));
        nuint i = 0;
        for (; i + (nuint)Vector512<float>.Count <= (nuint)gradient.Length; i += (nuint)Vector512<float>.Count)
        {
            var old = Vector512.LoadUnsafe(ref w, i);
            var direction = Vector512.LoadUnsafe(ref g, i);
            if (WeightDecay != 0) direction = Vector512.FusedMultiplyAdd(decay, old, direction);
            if (Momentum != 0)
            {
                direction = Vector512.FusedMultiplyAdd(mu, Vector512.LoadUnsafe(ref v, i), direction);
                direction.StoreUnsafe(ref v, i);
            }
            Vector512.FusedMultiplyAdd(rate, direction, old).StoreUnsafe(ref n, i);
        }
        Scalar(step.Rate(Rate), gradient[(int)i..], weights[(int)i..], next[(int)i..], Momentum == 0 ? [] : momentum[(int)i..]);
    }

    /// <summary>The same bits as <see cref="Update"/>, one element after another.</summary>
    internal void UpdateReference(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state)
    {
        CheckLengths(gradient, weights, next);
        Scalar(step.Rate(Rate), gradient, weights, next, Slice(state, offset, gradient.Length));
    }

    private void Scalar(float rate, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> next, Span<float> momentum)
    {
        for (var i = 0; i < gradient.Length; i++)
        {
            var direction = gradient[i];
            if (WeightDecay != 0) direction = MathF.FusedMultiplyAdd(WeightDecay, weights[i], direction);
            if (Momentum != 0) momentum[i] = direction = MathF.FusedMultiplyAdd(Momentum, momentum[i], direction);
            next[i] = MathF.FusedMultiplyAdd(-rate, direction, weights[i]);
        }
    }

    private Span<float> Slice(OptimizerState state, int offset, int count) => Momentum == 0 ? [] : state[0].AsSpan(offset, count);

    private static void CheckLengths(ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> next)
    {
        if (weights.Length != gradient.Length || next.Length != gradient.Length)
            throw new ArgumentException($"sgd: gradient, weights and next are one slice each of the same length, " +
                $"got {gradient.Length}, {weights.Length} and {next.Length}");
    }
}
