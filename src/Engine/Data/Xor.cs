using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data;

/// <summary>The exclusive or of two bits: the smallest set that no linear model separates.</summary>
public static class Xor
{
    /// <summary>The four points (0,0), (0,1), (1,0), (1,1) with labels 0, 1, 1, 0, <paramref name="copies"/> times over.</summary>
    /// <param name="noise">Standard deviation of what is added to each coordinate; finite, at least 0.</param>
    /// <param name="part">Sets of one seed with different parts (0 for training, 1 for test) have different noise.</param>
    /// <returns>Samples of shape [2] in 2 classes; sample i is point i mod 4.</returns>
    public static MemoryDataSet Generate(int copies = 1, float noise = 0, ulong seed = 0, int part = 0)
    {
        if (copies is < 1 or > int.MaxValue / 16)
            throw new DataException($"xor: 1 to {int.MaxValue / 16} copies are wanted, got {copies}");
        if (!(float.IsFinite(noise) && noise >= 0))
            throw new DataException($"xor: noise is a finite number, at least 0, got {noise}");
        var features = new float[copies * 8];
        var labels = new int[copies * 4];
        var random = new RandomStream(seed, RandomPurpose.Data, 0, (uint)part);
        for (var i = 0; i < labels.Length; i++)
        {
            var (a, b) = ((i >> 1) & 1, i & 1);
            features[2 * i] = (float)(a + noise * random.NextGaussian());
            features[2 * i + 1] = (float)(b + noise * random.NextGaussian());
            labels[i] = a ^ b;
        }
        return new MemoryDataSet(features, labels, new Shape(2), 2);
    }
}
