using Distributed.Engine.Kernels;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>Points on a noisy sine, to be learned as a function of one number: regression.</summary>
/// <remarks><code>
/// x uniform in [0, 1)     y = sin(2π·waves·x) + noise·gaussian
/// </code></remarks>
public static class Sine
{
    public const float MaxWaves = 1000;

    /// <param name="count">Samples, at least 1.</param>
    /// <param name="waves">Whole waves from 0 to 1, above 0 to <see cref="MaxWaves"/>.</param>
    /// <param name="noise">Standard deviation of what is added to y; finite, at least 0. x is exact.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different samples.</param>
    /// <returns>Samples of shape [1] with targets of shape [1].</returns>
    public static MemoryDataSet Generate(int count, float waves, float noise, ulong seed, int part = 0)
    {
        if (count < 1) throw new DataException($"sine: at least 1 sample is wanted, got {count}");
        if (waves is not (> 0 and <= MaxWaves)) throw new DataException($"sine: above 0 to {MaxWaves} waves are wanted, got {waves}");
        if (!(float.IsFinite(noise) && noise >= 0)) throw new DataException($"sine: noise is a finite number, at least 0, got {noise}");
        var (x, y) = (new float[count], new float[count]);
        var random = new RandomStream(seed, RandomPurpose.Data, 0, (uint)part);
        for (var i = 0; i < count; i++)
        {
            x[i] = random.NextFloat();
            y[i] = (float)(PortableMath.Sin(2 * Math.PI * waves * x[i]) + noise * random.NextGaussian());
        }
        return new MemoryDataSet(x, new ValueTargets(y, new Shape(1)), new Shape(1));
    }
}
