using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Adds normal noise to every feature, x + σ·gaussian, rounded once.</summary>
/// <param name="Deviation">σ, in units of the scaled features; finite, above 0.</param>
public sealed record GaussianNoise(float Deviation) : Augmentation
{
    public override string Kind => "noise";

    public override bool MovesPixels => false;

    internal override void Apply(Shape sample, Span<float> features, Span<float> scratch, ref RandomStream random)
    {
        foreach (ref var x in features) x = (float)(x + Deviation * random.NextGaussian());
    }
}
