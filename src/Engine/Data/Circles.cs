using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>A circle around a smaller one, one class each: separated by the squared radius, by no linear model.</summary>
/// <remarks>The form of scikit-learn's make_circles: sample i of N of a circle of radius r is, with t = 2π·i / N,
/// <code>
/// x = r·cos t     y = r·sin t     r = 1 for class 0, r = ratio for class 1; then noise·gaussian is added to each
/// </code></remarks>
public static class Circles
{
    /// <param name="samplesPerCircle">N, at least 1; the samples of circle k are k·N to (k + 1)·N − 1.</param>
    /// <param name="ratio">Radius of the inner circle, above 0, below 1.</param>
    /// <param name="noise">Standard deviation of what is added to each coordinate; finite, at least 0.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different noise.</param>
    /// <returns>Samples of shape [2] in 2 classes.</returns>
    public static MemoryDataSet Generate(int samplesPerCircle, float ratio, float noise, ulong seed, int part = 0)
    {
        if (ratio is not (> 0 and < 1)) throw new DataException($"circles: the ratio of radii is above 0 and below 1, got {ratio}");
        var points = new PlanePoints("circles", 2, samplesPerCircle, noise);
        for (var circle = 0; circle < 2; circle++)
        {
            var radius = circle == 0 ? 1.0 : ratio;
            var random = new RandomStream(seed, RandomPurpose.Data, (uint)circle, (uint)part);
            for (var i = 0; i < samplesPerCircle; i++)
            {
                var angle = 2 * Math.PI * i / samplesPerCircle;
                points.Add(circle, radius * PortableMath.Cos(angle), radius * PortableMath.Sin(angle), ref random);
            }
        }
        return points.ToDataSet();
    }
}
