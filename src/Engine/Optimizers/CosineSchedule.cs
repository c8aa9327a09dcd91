using Distributed.Engine.Kernels;

namespace Distributed.Engine.Optimizers;

/// <summary>Half a cosine down to a floor: φ + (1 − φ)·(1 + cos(π · step / steps)) / 2, the floor being reached when the run is over.</summary>
/// <remarks>Loshchilov, Hutter: SGDR, stochastic gradient descent with warm restarts (2017), eq. 5, without restarts.</remarks>
/// <param name="Floor">φ, 0 ≤ φ ≤ 1.</param>
public sealed record CosineSchedule(float Floor = 0) : RateSchedule
{
    public float Floor { get; } = Setting.Fraction(Floor, "the floor");

    private protected override double After(long step, int stepsPerEpoch, long steps) =>
        Floor + ((1 - (double)Floor) * ((1 + PortableMath.Cos(Math.PI * step / steps)) / 2));
}
