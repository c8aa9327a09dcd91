namespace Distributed.Engine.Filtering.Masks;

/// <summary>Colours against each other, as ganglion cells of the retina see them: one colour in the centre, its opponent around it.</summary>
/// <remarks><code>
/// g(σ) a Gaussian whose weights add up to 1
/// red-green      red  g(σ)    green −g(2σ)                     blue 0
/// blue-yellow    blue g(σ)    red −½·g(2σ)   green −½·g(2σ)
/// </code>
/// Plain gray of any brightness gives 0.</remarks>
public static class ColourOpponent
{
    /// <param name="sigma">σ of the centre, pixels; the surround is twice as wide.</param>
    /// <param name="size">K, odd; null: 2·⌈6σ⌉ + 1.</param>
    public static Mask RedGreen(double sigma, int? size = null)
    {
        var (centre, surround, nothing) = Parts("red-green", sigma, size);
        return new Mask("red-green", centre, Times(-1, surround), nothing);
    }

    /// <inheritdoc cref="RedGreen"/>
    public static Mask BlueYellow(double sigma, int? size = null)
    {
        var (centre, surround, _) = Parts("blue-yellow", sigma, size);
        return new Mask("blue-yellow", Times(-0.5, surround), Times(-0.5, surround), centre);
    }

    private static (Plane Centre, Plane Surround, Plane Nothing) Parts(string name, double sigma, int? size)
    {
        var side = size ?? Sampled.SizeFor(2 * sigma);
        Sampled.CheckOdd(name, side);
        return (Sampled.Gaussian(side, sigma), Sampled.Gaussian(side, 2 * sigma), Sampled.Square(side, (_, _) => 0));
    }

    private static Plane Times(double factor, Plane plane) => new(plane.Width, plane.Height, Array.ConvertAll(plane.Values, v => factor * v));
}
