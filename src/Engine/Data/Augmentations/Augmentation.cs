using Distributed.Engine.Randomness;

namespace Distributed.Engine.Data.Augmentations;

/// <summary>A random change of a training sample that leaves its class as it is, made anew each time the sample is seen.</summary>
/// <remarks>The numbers it draws are keyed by (seed, epoch, sample), so whoever computes the sample, and with which others, sees the same
/// change. It works on scaled features. Test samples are never changed.</remarks>
public abstract record Augmentation
{
    /// <summary>As a job names it: "shift".</summary>
    public abstract string Kind { get; }

    /// <summary>Whether it moves pixels: for images whose target stays where it is.</summary>
    public virtual bool MovesPixels => true;

    /// <summary>Changes one sample in place.</summary>
    /// <param name="sample">[c, h, w] where pixels are moved; any shape else.</param>
    /// <param name="scratch">h·w elements, at will; none where the sample is no image.</param>
    internal abstract void Apply(Shape sample, Span<float> features, Span<float> scratch, ref RandomStream random);
}
