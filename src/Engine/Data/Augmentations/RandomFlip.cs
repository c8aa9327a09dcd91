using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Mirrors every second image, by chance.</summary>
/// <param name="Vertical">Top and bottom change places; else left and right.</param>
public sealed record RandomFlip(bool Vertical = false) : Augmentation
{
    public override string Kind => "flip";

    internal override void Apply(Shape sample, Span<float> features, Span<float> scratch, ref RandomStream random)
    {
        if (random.NextInt(2) == 0) return;
        var (height, width) = (sample[1], sample[2]);
        if (!Vertical)
        {
            for (var row = 0; row < features.Length; row += width) features.Slice(row, width).Reverse();
            return;
        }
        var old = scratch[..width];
        for (var plane = 0; plane < features.Length; plane += height * width)
            for (var y = 0; y < height / 2; y++)
            {
                var upper = features.Slice(plane + y * width, width);
                var lower = features.Slice(plane + (height - 1 - y) * width, width);
                upper.CopyTo(old);
                lower.CopyTo(upper);
                old.CopyTo(lower);
            }
    }
}
