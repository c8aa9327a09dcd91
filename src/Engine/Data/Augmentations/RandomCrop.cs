using Distributed.Engine.Filtering;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Lays n pixels of 0 around an image and cuts a window of the old size out of it, anywhere: as networks for CIFAR-10 are
/// trained.</summary>
/// <param name="Padding">n, at least 1. The zeros are laid on behind the scaling: with standardized features they are the mean.</param>
public sealed record RandomCrop(int Padding) : Augmentation
{
    public override string Kind => "crop";

    internal override void Apply(Shape sample, Span<float> features, Span<float> scratch, ref RandomStream random)
    {
        var top = random.NextInt(2 * Padding + 1);
        var left = random.NextInt(2 * Padding + 1);
        Translation.Move(sample, features, scratch, Padding - top, Padding - left, Border.Zero);
    }
}
