using Distributed.Engine.Data;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Filtering.Masks;

/// <summary>Masks sampled from functions of the distance from their centre.</summary>
internal static class Sampled
{
    /// <summary>Widest standard deviation, in pixels: three of it reach a mask's edge.</summary>
    public const double MaxSigma = Mask.MaxSide / 6.0;

    /// <summary>m(y, x) = f(y − centre, x − centre), the centre being (K − 1) / 2: between pixels for even K.</summary>
    public static Plane Square(int size, Func<double, double, double> f)
    {
        if (size is < 1 or > Mask.MaxSide) throw new DataException($"the size of a mask is 1 to {Mask.MaxSide} pixels, got {size}");
        var values = new double[size * size];
        var centre = (size - 1) / 2.0;
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                values[y * size + x] = f(y - centre, x - centre);
        return new Plane(size, size, values);
    }

    /// <summary>exp(−(x² + y²) / 2σ²), divided by its sum over the mask.</summary>
    public static Plane Gaussian(int size, double sigma)
    {
        CheckSigma(sigma);
        var plane = Square(size, (y, x) => PortableMath.Exp(-(x * x + y * y) / (2 * sigma * sigma)));
        var sum = 0.0;
        foreach (var weight in plane.Values) sum += weight;
        for (var i = 0; i < plane.Values.Length; i++) plane.Values[i] /= sum;
        return plane;
    }

    /// <summary>The odd size that reaches three standard deviations to each side: 2·⌈3σ⌉ + 1.</summary>
    public static int SizeFor(double sigma)
    {
        CheckSigma(sigma);
        return Math.Min(2 * (int)Math.Ceiling(3 * sigma) + 1, Mask.MaxSide);
    }

    /// <exception cref="DataException">The mask has no middle pixel.</exception>
    public static void CheckOdd(string name, int size)
    {
        if (size % 2 == 0) throw new DataException($"the size of {name} is an odd number, got {size}: it has a pixel in its middle");
    }

    private static void CheckSigma(double sigma)
    {
        if (sigma is not (>= 0.1 and <= MaxSigma)) throw new DataException($"sigma is 0.1 to {MaxSigma} pixels, got {sigma}");
    }
}
