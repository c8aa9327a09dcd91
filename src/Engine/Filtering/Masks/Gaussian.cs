namespace Distributed.Engine.Filtering.Masks;

/// <summary>Low-pass: m = exp(−(x² + y²) / 2σ²), scaled so that its weights add up to 1.</summary>
public static class Gaussian
{
    /// <param name="sigma">σ, standard deviation in pixels, 0.1 to 42.5.</param>
    /// <param name="size">K; null: 2·⌈3σ⌉ + 1.</param>
    public static Mask Create(double sigma, int? size = null) => new("gaussian", Sampled.Gaussian(size ?? Sampled.SizeFor(sigma), sigma));
}
