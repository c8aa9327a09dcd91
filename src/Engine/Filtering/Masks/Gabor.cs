using Distributed.Engine.Data;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Filtering.Masks;

/// <summary>A quadrature pair: waves of one frequency and direction under a Gaussian window, one even, one odd; a model of simple
/// cells in the visual cortex (Daugman 1985).</summary>
/// <remarks><code>
/// w(x, y) = 2·exp(−(x² + y²) / 2σ²) / Σ exp(…)          u = x·cos θ − y·sin θ   (y points down, so θ turns against the clock)
/// even  m = w·(cos 2πfu − d)      d such that the weights add up to 0: plain gray gives 0
/// odd   m = w·sin 2πfu
/// </code>
/// A grating a·cos(2πfu + φ) gives a·cos φ in its middle from the even and ∓ a·sin φ from the odd one, so even² + odd² = a²
/// whatever its phase (as nearly as the window holds a few waves).</remarks>
public static class Gabor
{
    /// <summary>σ·f where the job names no σ: a bandwidth of one octave at half height.</summary>
    public const double SigmaWaves = 0.56;

    /// <param name="odd">The sine instead of the cosine.</param>
    /// <param name="frequency">f, waves a pixel, above 0 to 0.5.</param>
    /// <param name="angle">θ, degrees: the direction in which the waves run. 0: to the right, so that stripes stand upright.</param>
    /// <param name="sigma">σ of the window, pixels; null: 0.56 / f.</param>
    /// <param name="size">K, odd; null: 2·⌈3σ⌉ + 1.</param>
    public static Mask Create(bool odd, double frequency, double angle, double? sigma = null, int? size = null)
    {
        var name = odd ? "gabor-odd" : "gabor-even";
        if (frequency is not (> 0 and <= 0.5))
            throw new DataException($"the frequency of {name} is above 0 and at most 0.5 waves a pixel, got {frequency}");
        if (!(Math.Abs(angle) <= 360)) throw new DataException($"the angle of {name} is -360 to 360 degrees, got {angle}");
        var width = sigma ?? SigmaWaves / frequency;
        if (sigma is null && width > Sampled.MaxSigma)
            throw new DataException($"waves of {1 / frequency:0.#} pixels are too long for a mask of {Mask.MaxSide} pixels; " +
                "take a higher frequency, or give a sigma");
        var side = size ?? Sampled.SizeFor(width);
        Sampled.CheckOdd(name, side);

        var window = Sampled.Gaussian(side, width);
        var (cos, sin) = (PortableMath.Cos(angle * Math.PI / 180), PortableMath.Sin(angle * Math.PI / 180));
        var wave = Sampled.Square(side, (y, x) =>
        {
            var phase = 2 * Math.PI * frequency * (x * cos - y * sin);
            return odd ? PortableMath.Sin(phase) : PortableMath.Cos(phase);
        });
        var mean = 0.0; // d: the window's weights add up to 1
        for (var i = 0; !odd && i < wave.Values.Length; i++) mean += window.Values[i] * wave.Values[i];
        for (var i = 0; i < wave.Values.Length; i++) wave.Values[i] = 2 * window.Values[i] * (wave.Values[i] - mean);
        return new Mask(name, wave);
    }
}
