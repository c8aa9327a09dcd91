using Distributed.Engine.Data;

namespace Distributed.Engine.Filtering;

/// <summary>A mask (kernel) with a name: one plane of weights for every channel, or one for each of red, green and blue.</summary>
/// <param name="Planes">One: each channel is filtered by it, and the result has as many channels. Three of one size: red, green and
/// blue are filtered each by its own and added up, and the result has one channel.</param>
public sealed record Mask(string Name, params IReadOnlyList<Plane> Planes)
{
    /// <summary>The longest side of a mask, in pixels.</summary>
    public const int MaxSide = 255;

    public IReadOnlyList<Plane> Planes { get; } =
        Planes.Count is 1 or 3 && Planes.All(plane => (plane.Width, plane.Height) == (Planes[0].Width, Planes[0].Height))
            ? Planes
            : throw new ArgumentException($"a mask has 1 or 3 planes of one size, got {Planes.Count}", nameof(Planes));

    public int Width => Planes[0].Width;

    public int Height => Planes[0].Height;

    /// <summary>Whether it sees colours against each other.</summary>
    public bool IsOpponent => Planes.Count == 3;

    /// <summary>Whether results can be below 0.</summary>
    public bool IsSigned => Planes.Any(plane => plane.Values.Any(weight => weight < 0));

    /// <summary>Filters a picture's channels; alpha is laid on white first.</summary>
    /// <exception cref="DataException">The mask sees colours, the picture is gray; or <see cref="OutputSize.Valid"/> leaves nothing.</exception>
    public IReadOnlyList<Plane> Apply(Images.Image image, Border border, OutputSize size, bool correlate = false)
    {
        var channels = ImagePlanes.Of(image);
        if (!IsOpponent) return [.. channels.Select(channel => Convolution.Apply(channel, Planes[0], border, size, correlate))];
        if (channels.Count != 3) throw new DataException($"{Name} sees red, green and blue against each other; this picture is gray");
        var sum = Convolution.Apply(channels[0], Planes[0], border, size, correlate);
        for (var c = 1; c < 3; c++)
        {
            var more = Convolution.Apply(channels[c], Planes[c], border, size, correlate);
            for (var i = 0; i < sum.Values.Length; i++) sum.Values[i] += more.Values[i];
        }
        return [sum];
    }
}
