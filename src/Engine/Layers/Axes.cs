namespace Distributed.Engine.Layers;

/// <summary>A whole number for each axis of an image; from one number, that for both.</summary>
/// <param name="Y">Along the rows.</param>
/// <param name="X">Along the columns.</param>
public readonly record struct Axes(int Y, int X)
{
    public static implicit operator Axes(int both) => new(both, both);

    /// <summary>"3", or "3 x 5".</summary>
    public override string ToString() => Y == X ? $"{Y}" : $"{Y} x {X}";

    /// <exception cref="ArgumentOutOfRangeException">A number is below <paramref name="least"/>.</exception>
    internal Axes AtLeast(int least, string what) => Y >= least && X >= least ? this
        : throw new ArgumentOutOfRangeException(what, this, $"the {what} is at least {least} along both axes");
}
