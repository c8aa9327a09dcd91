using Distributed.Engine.Data.Augmentations;

namespace Distributed.Jobs.Catalogs;

internal static class AugmentationKinds
{
    private const int MaxPixels = 1024;

    public static Family Family { get; } = new("augmentation", "an augmentation", "augmentations",
        Kind.Of("crop", "Zeros laid around the image, and a window of the old size cut out of it, anywhere.",
            values => new RandomCrop(values.Int("padding")),
            Key.Optional<RandomCrop>("padding", new IntegerType(1, MaxPixels), 4L, c => c.Padding, "Pixels of 0 on each side.", main: true)),
        Kind.Of("flip", "Every second image mirrored, by chance.",
            values => new RandomFlip(values.Get<bool>("axis")),
            Key.Optional<RandomFlip>("axis", new WordType<bool>("axis", ("horizontal", false), ("vertical", true)), false, f => f.Vertical,
                "horizontal: left and right change places; vertical: top and bottom.", main: true)),
        Kind.Of("noise", "Normal noise added to every feature, behind the scaling.",
            values => new GaussianNoise(values.Number("deviation")),
            Key.Optional<GaussianNoise>("deviation", new NumberType(0, 1e6f, above: true), 0.1f, n => n.Deviation, "Standard deviation.",
                main: true)),
        Kind.Of("shift", "The image moved down and to the right by a few pixels, the edge repeated.",
            values => new RandomShift(values.Int("pixels")),
            Key.Optional<RandomShift>("pixels", new IntegerType(1, MaxPixels), 2L, s => s.Pixels, "Pixels at most, to each side.",
                main: true)));
}
