using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Interleaved spiral arms in the plane, one class each: a set that no linear model separates.</summary>
/// <remarks>The form of Stanford's CS231n notes: for arm k and sample i of N
/// <code>
/// r = i / (N − 1)     t = 4k + 4·i / (N − 1) + noise·gaussian     x = r·sin t     y = r·cos t
/// </code></remarks>
public static class Spirals
{
    /// <summary>The most noise, radians: far beyond a full turn, where more of it changes nothing.</summary>
    public const float MaxNoise = 1000;

    /// <param name="arms">K, classes; at least 1.</param>
    /// <param name="samplesPerArm">N, at least 1; the samples of arm k are k·N to (k + 1)·N − 1.</param>
    /// <param name="noise">Standard deviation of the angle, radians, 0 to <see cref="MaxNoise"/>. CS231n has 0.2.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different noise.</param>
    /// <returns>Samples of shape [2].</returns>
    public static MemoryDataSet Generate(int arms, int samplesPerArm, float noise, ulong seed, int part = 0)
    {
        if (arms < 1 || samplesPerArm < 1)
            throw new DataException($"spirals: at least 1 arm and 1 sample an arm are wanted, got {arms} and {samplesPerArm}");
        if (noise is not (>= 0 and <= MaxNoise)) throw new DataException($"spirals: noise is 0 to {MaxNoise} radians, got {noise}");
        if ((long)arms * samplesPerArm * 2 > Array.MaxLength)
            throw new DataException($"spirals: {arms} arms of {samplesPerArm} samples are more than {Array.MaxLength / 2} samples");
        var features = new float[arms * samplesPerArm * 2];
        var labels = new int[arms * samplesPerArm];
        for (var arm = 0; arm < arms; arm++)
        {
            var random = new RandomStream(seed, RandomPurpose.Data, (uint)arm, (uint)part);
            for (var i = 0; i < samplesPerArm; i++)
            {
                var radius = samplesPerArm == 1 ? 0 : (double)i / (samplesPerArm - 1);
                var angle = 4.0 * arm + 4 * radius + noise * random.NextGaussian();
                var sample = arm * samplesPerArm + i;
                features[2 * sample] = (float)(radius * PortableMath.Sin(angle));
                features[2 * sample + 1] = (float)(radius * PortableMath.Cos(angle));
                labels[sample] = arm;
            }
        }
        return new MemoryDataSet(features, labels, new Shape(2), arms);
    }
}
