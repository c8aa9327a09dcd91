namespace Distributed.Engine.Optimizers;

/// <summary>A straight line down to a floor: 1 − (1 − φ) · step / steps, the floor being reached when the run is over.</summary>
/// <param name="Floor">φ, 0 ≤ φ ≤ 1.</param>
public sealed record LinearSchedule(float Floor = 0) : RateSchedule
{
    public float Floor { get; } = Setting.Fraction(Floor, "the floor");

    private protected override double After(long step, int stepsPerEpoch, long steps) => 1 - ((1 - (double)Floor) * step / steps);
}
