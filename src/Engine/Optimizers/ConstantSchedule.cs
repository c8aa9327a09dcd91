namespace Distributed.Engine.Optimizers;

/// <summary>Factor 1: for a warm-up alone.</summary>
public sealed record ConstantSchedule : RateSchedule
{
    private protected override double After(long step, int stepsPerEpoch, long steps) => 1;
}
