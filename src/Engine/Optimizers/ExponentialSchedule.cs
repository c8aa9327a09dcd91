using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>Falls by the same factor with every epoch, a little with every step: γ^epochs = exp(ln γ · step / steps of an epoch).</summary>
/// <param name="PerEpoch">γ, finite, above 0.</param>
public sealed record ExponentialSchedule(float PerEpoch) : RateSchedule
{
    public float PerEpoch { get; } = Setting.Positive(PerEpoch, "a schedule's factor");

    private protected override double After(long step, int stepsPerEpoch, long steps) =>
        PortableMath.Exp(PortableMath.Log(PerEpoch) * ((double)step / stepsPerEpoch));
}
