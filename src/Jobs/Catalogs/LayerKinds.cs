using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Jobs.Catalogs;

internal static class LayerKinds
{
    private static readonly AxesType Size = new(1, JobLimits.MaxKernel);
    private static readonly AxesType StrideOrKernel = new(1, JobLimits.MaxKernel, "kernel");
    private static readonly IntegerType Maps = new(1, JobLimits.MaxMaps);
    private static readonly PaddingType Padding = new();
    private static readonly ChoiceType Initializer = new(InitializerKinds.Family, "auto");

    public static Family Family { get; } = new("layer", "a layer", "layers",
        Kind.Of("conv", "2-D convolution: the same weighted sum of a window at every place, for each of its maps.",
            values => new Conv2d(values.Int("maps"))
            {
                Kernel = values.Get<Axes>("kernel"),
                Stride = values.Get<Axes>("stride"),
                Padding = values.Get<Padding>("padding"),
                Dilation = values.Get<Axes>("dilation"),
                Groups = values.Int("groups"),
                Bias = values.Flag("bias"),
                Flip = values.Flag("flip"),
                Weights = values.Get<Initializer?>("init"),
            },
            Key.Needed<Conv2d>("maps", Maps, l => l.Maps, "Maps of the output.", main: true),
            Key.Optional<Conv2d>("kernel", Size, (Axes)3, l => l.Kernel, "Size of the mask."),
            Key.Optional<Conv2d>("stride", Size, (Axes)1, l => l.Stride, "From one place of the mask to the next."),
            Key.Optional<Conv2d>("padding", Padding, Engine.Layers.Padding.Same, l => l.Padding,
                "Zeros on each side; same: as many as keep the size (divided by the stride)."),
            Key.Optional<Conv2d>("dilation", Size, (Axes)1, l => l.Dilation, "From one tap of the mask to the next."),
            Key.Optional<Conv2d>("groups", Maps, 1L, l => l.Groups, "Parts of the channels and maps that do not see each other."),
            Key.Optional<Conv2d>("bias", new FlagType(), true, l => l.Bias, "Whether each map adds a bias."),
            Key.Optional<Conv2d>("flip", new FlagType(), false, l => l.Flip,
                "True convolution, with the mask turned by 180 degrees; else cross-correlation."),
            Key.Optional<Conv2d>("init", Initializer, null, l => l.Weights,
                "How the weights begin (biases begin at 0); auto: as suits the activation that follows.")),
        Kind.Of("flatten", "Each sample's features as one row: [1, 28, 28] becomes [784].", _ => new Flatten()),
        Kind.Of("leaky-relu", "x where x is above 0, else slope times x.",
            values => new LeakyReLU(values.Number("slope")),
            Key.Optional<LeakyReLU>("slope", new NumberType(float.MinValue), 0.01f, l => l.Slope, "Slope below 0.", main: true)),
        Kind.Of("linear", "Every output is a weighted sum of all inputs, plus a bias.",
            values => new Linear(values.Int("outputs"), values.Get<Initializer?>("init")),
            Key.Needed<Linear>("outputs", new IntegerType(1, JobLimits.MaxFeatures), l => l.Outputs, "Features of the output.",
                main: true),
            Key.Optional<Linear>("init", Initializer, null, l => l.Weights,
                "How the weights begin (biases begin at 0); auto: as suits the activation that follows.")),
        Kind.Of("max-pool", "The largest element of each window of a map.",
            values => new MaxPool(values.Get<Axes>("kernel"))
            {
                Stride = values.Get<Axes?>("stride"),
                Padding = values.Get<Padding>("padding"),
            },
            Key.Optional<MaxPool>("kernel", Size, (Axes)2, l => l.Kernel, "Size of the window.", main: true),
            Key.Optional<MaxPool>("stride", StrideOrKernel, null, l => l.Stride,
                "From one window to the next; kernel: as the kernel, so that windows touch."),
            Key.Optional<MaxPool>("padding", Padding, Engine.Layers.Padding.Valid, l => l.Padding,
                "On each side, less than the kernel; never the largest.")),
        Kind.Of("relu", "max(0, x).", _ => new ReLU()),
        Kind.Of("sigmoid", "1 / (1 + exp(-x)).", _ => new Sigmoid()),
        Kind.Of("tanh", "Hyperbolic tangent.", _ => new Tanh()));
}
