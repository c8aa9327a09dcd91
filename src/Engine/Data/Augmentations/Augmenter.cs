using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Applies augmentations, one after another, to samples that were copied out of a data set.</summary>
/// <remarks>Augmentation k of the list draws from the stream (seed, epoch, sample, k). Allocates nothing after the constructor. One thread
/// at a time.</remarks>
public sealed class Augmenter
{
    private readonly IReadOnlyList<Augmentation> _steps;
    private readonly Shape _sample;
    private readonly ulong _seed;
    private readonly float[] _scratch;

    /// <exception cref="DataException">An augmentation does not suit the samples or their targets.</exception>
    public Augmenter(IReadOnlyList<Augmentation> steps, Shape sample, Target target, ulong seed)
    {
        Check(steps, sample, target);
        (_steps, _sample, _seed) = (steps, sample, seed);
        _scratch = new float[sample.Rank == 3 ? sample[1] * sample[2] : 0];
    }

    /// <exception cref="DataException">An augmentation does not suit the samples or their targets.</exception>
    public static void Check(IReadOnlyList<Augmentation> steps, Shape sample, Target target)
    {
        foreach (var step in steps.Where(step => step.MovesPixels))
        {
            if (sample.Rank != 3) throw new DataException($"the augmentation {step.Kind} is for images [c, h, w]; samples have shape {sample}");
            if (target is not ClassTarget)
                throw new DataException($"the augmentation {step.Kind} moves pixels, but not what is said of them; the data has {target}");
        }
    }

    /// <param name="samples">Index of each sample in its data set.</param>
    /// <param name="features">Their features, one sample after another; changed in place.</param>
    public void Apply(int epoch, ReadOnlySpan<int> samples, Span<float> features)
    {
        var elements = features.Length / samples.Length;
        for (var i = 0; i < samples.Length; i++)
            for (var k = 0; k < _steps.Count; k++)
            {
                var random = new RandomStream(_seed, RandomPurpose.Augmentation, (uint)epoch, (uint)samples[i], (uint)k);
                _steps[k].Apply(_sample, features.Slice(i * elements, elements), _scratch, ref random);
            }
    }
}
