using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>Windows as a convolution's, but with weights and biases of their own at every position: "….weight" [P, Q, maps, channels, Ky,
/// Kx] and "….bias" [maps, P, Q]. The formula is at <see cref="Operations.LocallyConnected"/>.</summary>
/// <remarks>Fans are those of one position: channels·Ky·Kx in, maps·Ky·Kx out.</remarks>
/// <param name="Maps">Output maps, at least 1.</param>
public sealed record LocallyConnected(int Maps) : Layer
{
    public override string Kind => "locally-connected";

    public int Maps { get; } = Maps >= 1 ? Maps
        : throw new ArgumentOutOfRangeException(nameof(Maps), Maps, "a locally connected layer has at least 1 map");

    /// <summary>Rows and columns of the window.</summary>
    public Axes Kernel { get; init => field = value.AtLeast(1, "kernel"); } = 3;

    public Axes Stride { get; init => field = value.AtLeast(1, "stride"); } = 1;

    public Padding Padding { get; init; } = Padding.Valid;

    /// <summary>How the weights begin; null: as suits the activation that follows. Biases begin at +0.</summary>
    public Initializer? Weights { get; init; }

    public override Reach Reach => Reach.Of(Kernel, Stride, 1);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var described = $"LocallyConnected \"{name}\"";
        var (channels, height, width) = Operations.ImageRules.Image(described, input.Shape);
        var (y, x) = Padding.Windows(Kernel, Stride, 1, height, width);
        var (rows, columns) = Operations.ImageRules.Outputs(described, y, x, height, width);
        long taps = (long)Kernel.Y * Kernel.X;
        var weight = input.Graph.Parameter($"{name}.weight", new Shape(rows, columns, Maps, channels, Kernel.Y, Kernel.X),
            ParameterRole.Weight, WithFans.Of(Weights ?? DefaultWeights(next), new Fans(channels * taps, Maps * taps)));
        var bias = input.Graph.Parameter($"{name}.bias", new Shape(Maps, rows, columns), ParameterRole.Bias);
        return input.Graph.Apply(new Operations.LocallyConnected(y, x, name), input, weight, bias);
    }
}
