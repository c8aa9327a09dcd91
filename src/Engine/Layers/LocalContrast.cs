using Distributed.Engine.Graphs;

namespace Distributed.Engine.Layers;

/// <summary>Local contrast normalization: see <see cref="Operations.LocalContrast"/>.</summary>
/// <param name="Size">Pixels along each side of the window; odd.</param>
public sealed record LocalContrast(int Size) : Layer
{
    public override string Kind => "local-contrast";

    public int Size { get; } = Size >= 1 && Size % 2 == 1 ? Size
        : throw new ArgumentOutOfRangeException(nameof(Size), Size, "the window of a local contrast is odd and at least 1");

    /// <summary>A Gaussian window of standard deviation Size / 4; else a box.</summary>
    public bool Gaussian { get; init; } = true;

    /// <summary>Subtracts the local mean.</summary>
    public bool Subtractive { get; init; } = true;

    /// <summary>Divides by the local deviation, or by <see cref="Epsilon"/> where that is larger.</summary>
    public bool Divisive { get; init; } = true;

    /// <summary>One mean and one deviation for all maps together; else each map its own.</summary>
    public bool AcrossMaps { get; init; } = true;

    public float Epsilon
    {
        get; init => field = value > 0 ? value
        : throw new ArgumentOutOfRangeException(nameof(Epsilon), value, "the ε of a local contrast is above 0");
    } = 1e-4f;

    /// <summary>The window once for each part: the deviation is one of differences from means.</summary>
    public override Reach Reach => Reach.Of(1 + ((Size - 1) * ((Subtractive ? 1 : 0) + (Divisive ? 1 : 0))), 1, 1);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.LocalContrast(Size, Gaussian, Subtractive, Divisive, AcrossMaps, Epsilon), input);
}
