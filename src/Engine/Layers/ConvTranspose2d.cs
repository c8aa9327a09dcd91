using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Layers;

/// <summary>A transposed convolution, which makes images larger: "….weight" [channels, maps / groups, Ky, Kx] and "….bias" [maps]. The
/// formula is at <see cref="Operations.ConvTranspose2d"/>.</summary>
/// <remarks>An output pixel is fed by K / stride of the taps along each axis, on the average: so its fan-in is
/// channels / groups · Ky·Kx / (sy·sx), and the fan-out of an input is maps / groups · Ky·Kx.</remarks>
/// <param name="Maps">Output maps, at least 1.</param>
public sealed record ConvTranspose2d(int Maps) : Layer
{
    public override string Kind => "conv-transpose";

    public int Maps { get; } = Maps >= 1 ? Maps
        : throw new ArgumentOutOfRangeException(nameof(Maps), Maps, "a transposed convolution has at least 1 map");

    /// <summary>Rows and columns of the mask.</summary>
    public Axes Kernel { get; init => field = value.AtLeast(1, "kernel"); } = 2;

    /// <summary>How many times larger the output is.</summary>
    public Axes Stride { get; init => field = value.AtLeast(1, "stride"); } = 2;

    /// <summary>Rows and columns that are cut off on each side of the output; same: as many as make it stride times the input.</summary>
    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>Rows and columns that are added behind; less than the stride. Nothing is added to <see cref="Padding.Same"/>.</summary>
    public Axes OutputPadding { get; init => field = value.AtLeast(0, "output padding"); } = 0;

    /// <summary>From one tap of the mask to the next.</summary>
    public Axes Dilation { get; init => field = value.AtLeast(1, "dilation"); } = 1;

    /// <summary>Cuts channels and maps in so many parts that do not see each other.</summary>
    public int Groups { get; init => field = new Axes(value, value).AtLeast(1, "groups").Y; } = 1;

    public bool Bias { get; init; } = true;

    /// <summary>How the weights begin; null: as suits the activation that follows. Biases begin at +0.</summary>
    public Initializer? Weights { get; init; }

    /// <summary>⌈((K − 1)·d + 1) / s⌉ taps along an axis reach an output pixel at most.</summary>
    public override Reach Reach => new(Along(Kernel.Y, Stride.Y, Dilation.Y), Along(Kernel.X, Stride.X, Dilation.X));

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var (channels, _, _) = Operations.ImageRules.Image($"ConvTranspose2d \"{name}\"", input.Shape);
        if (channels % Groups != 0 || Maps % Groups != 0)
        {
            throw new ShapeException($"ConvTranspose2d \"{name}\": input has {channels} channels and the layer {Maps} maps: "
                + $"multiples of its {Groups} groups are wanted");
        }
        var (y, extraY) = Window(Kernel.Y, Stride.Y, Dilation.Y, Padding.Amount?.Y, OutputPadding.Y);
        var (x, extraX) = Window(Kernel.X, Stride.X, Dilation.X, Padding.Amount?.X, OutputPadding.X);
        long taps = (long)Kernel.Y * Kernel.X;
        var fans = new Fans(Math.Max(1, channels / Groups * taps / ((long)Stride.Y * Stride.X)), Maps / Groups * taps);
        var weight = input.Graph.Parameter($"{name}.weight", new Shape(channels, Maps / Groups, Kernel.Y, Kernel.X),
            ParameterRole.Weight, WithFans.Of(Weights ?? DefaultWeights(next), fans));
        var operation = new Operations.ConvTranspose2d(y, x, extraY, extraX, Groups, false, Bias, name);
        return Bias
            ? input.Graph.Apply(operation, input, weight, input.Graph.Parameter($"{name}.bias", new Shape(Maps), ParameterRole.Bias))
            : input.Graph.Apply(operation, input, weight);
    }

    private static AxisReach Along(int kernel, int stride, int dilation) =>
        new(((((long)kernel - 1) * dilation) + stride) / stride - 1, new Ratio(1, stride));

    private static (Window Window, int Extra) Window(int size, int stride, int dilation, int? amount, int extra)
    {
        if (amount is { } sides) return (new Window(size, stride, dilation, sides, sides), extra);
        var cut = new Window(size, stride, dilation).Span - stride;
        return cut >= 0 ? (new Window(size, stride, dilation, cut / 2, cut - (cut / 2)), 0) : (new Window(size, stride, dilation), -cut);
    }
}
