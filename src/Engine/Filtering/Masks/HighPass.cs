namespace Distributed.Engine.Filtering.Masks;

/// <summary>High-pass: what a Gaussian low-pass takes away, m = δ − gaussian. Its weights add up to 0.</summary>
public static class HighPass
{
    /// <param name="sigma">σ of the Gaussian, in pixels.</param>
    /// <param name="size">K, odd; null: 2·⌈3σ⌉ + 1.</param>
    public static Mask Create(double sigma, int? size = null)
    {
        var side = size ?? Sampled.SizeFor(sigma);
        Sampled.CheckOdd("high-pass", side);
        var low = Sampled.Gaussian(side, sigma);
        return new Mask("high-pass", Sampled.Square(side, (y, x) =>
            (y == 0 && x == 0 ? 1 : 0) - low[(int)(y + (side - 1) / 2), (int)(x + (side - 1) / 2)]));
    }
}
