using Distributed.Engine.Filtering;
using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>Moves an image down and to the right by −n to n pixels each; what comes in repeats the pixels at the edge.</summary>
/// <param name="Pixels">n, at least 1.</param>
public sealed record RandomShift(int Pixels) : Augmentation
{
    public override string Kind => "shift";

    internal override void Apply(Shape sample, Span<float> features, Span<float> scratch, ref RandomStream random)
    {
        var down = random.NextInt(2 * Pixels + 1) - Pixels;
        var right = random.NextInt(2 * Pixels + 1) - Pixels;
        Translation.Move(sample, features, scratch, down, right, Border.Edge);
    }
}
