using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Randomness;

/// <summary>Noisy triangle waves, made when they are asked for; the class is how many periods there are, less one.</summary>
/// <remarks>Only what every machine computes alike is used, so that the samples are the same bits everywhere: + − · / and a <see cref="RandomStream"/>
/// for each sample. What is read may not depend on who has asked before.</remarks>
public sealed class Waves(int count, int part) : DataSet
{
    private const int Points = 32, MostPeriods = 4;
    private const ulong Seed = 7;

    public override int Count => count;

    public override Shape SampleShape { get; } = new(Points);

    public override Target Target { get; } = new ClassTarget(MostPeriods);

    /// <summary>Over all that is read: workers whose samples are others are refused.</summary>
    public override byte[] Fingerprint
    {
        get
        {
            var features = new float[count * Points];
            CopyFeatures([.. Enumerable.Range(0, count)], features);
            return SHA256.HashData(MemoryMarshal.AsBytes(features.AsSpan()));
        }
    }

    public override void CopyFeatures(ReadOnlySpan<int> indices, Span<float> features)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var random = new RandomStream(Seed, RandomPurpose.Data, (uint)indices[i], (uint)part);
            var shift = random.NextGaussian();
            for (var point = 0; point < Points; point++)
            {
                var turns = shift + (double)point * Periods(indices[i]) / Points;
                var triangle = 4 * Math.Abs(turns - Math.Floor(turns) - 0.5) - 1;
                features[i * Points + point] = (float)(triangle + 0.1 * random.NextGaussian());
            }
        }
    }

    public override void CopyTargets(ReadOnlySpan<int> indices, Span<float> targets)
    {
        for (var i = 0; i < indices.Length; i++) targets[i] = Periods(indices[i]) - 1;
    }

    private static int Periods(int index) => 1 + index % MostPeriods;
}
