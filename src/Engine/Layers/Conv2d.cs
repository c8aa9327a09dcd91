using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>A convolutional layer: maps of features found everywhere by the same weights, "….weight" [maps, channels / groups, Ky, Kx]
/// and "….bias" [maps]. The formula is at <see cref="Operations.Conv2d"/>.</summary>
/// <param name="Maps">Output maps, at least 1.</param>
public sealed record Conv2d(int Maps) : Layer
{
    public override string Kind => "conv";

    public int Maps { get; } = Maps >= 1 ? Maps
        : throw new ArgumentOutOfRangeException(nameof(Maps), Maps, "a convolution has at least 1 map");

    /// <summary>Rows and columns of the mask.</summary>
    public Axes Kernel { get; init => field = value.AtLeast(1, "kernel"); } = 3;

    public Axes Stride { get; init => field = value.AtLeast(1, "stride"); } = 1;

    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>From one tap of the mask to the next.</summary>
    public Axes Dilation { get; init => field = value.AtLeast(1, "dilation"); } = 1;

    /// <summary>Cuts channels and maps in so many parts that do not see each other.</summary>
    public int Groups { get; init => field = new Axes(value, value).AtLeast(1, "groups").Y; } = 1;

    public bool Bias { get; init; } = true;

    /// <summary>True convolution, with the mask turned by 180°; else cross-correlation.</summary>
    public bool Flip { get; init; }

    /// <summary>How the weights begin; null: as suits the activation that follows. Biases begin at +0.</summary>
    public Initializer? Weights { get; init; }

    public override Reach Reach => Reach.Of(Kernel, Stride, Dilation);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var (channels, height, width) = Operations.ImageRules.Image($"Conv2d \"{name}\"", input.Shape);
        if (channels % Groups != 0 || Maps % Groups != 0)
        {
            throw new ShapeException($"Conv2d \"{name}\": input has {channels} channels and the layer {Maps} maps: "
                + $"multiples of its {Groups} groups are wanted");
        }
        var (y, x) = Padding.Windows(Kernel, Stride, Dilation, height, width);
        Operations.ImageRules.Outputs($"Conv2d \"{name}\"", y, x, height, width);
        var weight = input.Graph.Parameter($"{name}.weight", new Shape(Maps, channels / Groups, Kernel.Y, Kernel.X),
            ParameterRole.Weight, Weights ?? DefaultWeights(next));
        var operation = new Operations.Conv2d(y, x, Groups, Flip, Bias, name);
        return Bias
            ? input.Graph.Apply(operation, input, weight, input.Graph.Parameter($"{name}.bias", new Shape(Maps), ParameterRole.Bias))
            : input.Graph.Apply(operation, input, weight);
    }
}
