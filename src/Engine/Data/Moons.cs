using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Two half circles in the plane that reach into each other, one class each: no linear model separates them.</summary>
/// <remarks>The form of scikit-learn's make_moons: for sample i of N of a moon, with t = π·i / (N − 1),
/// <code>
/// class 0    x = cos t          y = sin t
/// class 1    x = 1 − cos t      y = ½ − sin t        then noise·gaussian is added to each
/// </code></remarks>
public static class Moons
{
    /// <param name="samplesPerMoon">N, at least 1; the samples of moon k are k·N to (k + 1)·N − 1.</param>
    /// <param name="noise">Standard deviation of what is added to each coordinate; finite, at least 0.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different noise.</param>
    /// <returns>Samples of shape [2] in 2 classes.</returns>
    public static MemoryDataSet Generate(int samplesPerMoon, float noise, ulong seed, int part = 0)
    {
        var points = new PlanePoints("moons", 2, samplesPerMoon, noise);
        for (var moon = 0; moon < 2; moon++)
        {
            var random = new RandomStream(seed, RandomPurpose.Data, (uint)moon, (uint)part);
            for (var i = 0; i < samplesPerMoon; i++)
            {
                var angle = samplesPerMoon == 1 ? 0 : Math.PI * i / (samplesPerMoon - 1);
                var (x, y) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
                if (moon == 0) points.Add(moon, x, y, ref random);
                else points.Add(moon, 1 - x, 0.5 - y, ref random);
            }
        }
        return points.ToDataSet();
    }
}
