namespace Distributed.Engine.Filtering.Masks;

/// <summary>Low-pass: the mean of K x K pixels, m = 1 / K².</summary>
public static class Box
{
    /// <param name="size">K, 1 to <see cref="Mask.MaxSide"/>.</param>
    public static Mask Create(int size) => new("box", Sampled.Square(size, (_, _) => 1.0 / ((double)size * size)));
}
