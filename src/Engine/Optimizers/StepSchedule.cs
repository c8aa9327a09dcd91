using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>Falls by a ratio every so many epochs: γ^⌊epochs / Every⌋, by products alone.</summary>
/// <param name="Every">Epochs, at least 1.</param>
/// <param name="Ratio">γ, finite, at least 0.</param>
public sealed record StepSchedule(int Every, float Ratio = 0.1f) : RateSchedule
{
    public int Every { get; } = Every >= 1 ? Every
        : throw new ArgumentOutOfRangeException(nameof(Every), Every, "the rate falls every so many epochs, at least 1");

    public float Ratio { get; } = Setting.NotNegative(Ratio, "a schedule's ratio");

    private protected override double After(long step, int stepsPerEpoch, long steps) =>
        PortableMath.Power(Ratio, step / ((long)Every * stepsPerEpoch));
}
