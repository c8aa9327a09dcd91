using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Jobs.Catalogs;

/// <summary>Layers on images [channels, rows, columns].</summary>
internal static class ImageLayerKinds
{
    private static readonly AxesType Size = new(1, JobLimits.MaxKernel);
    private static readonly OptionalType StrideOrKernel = new(Size, "kernel");
    private static readonly IntegerType Maps = new(1, JobLimits.MaxMaps);
    private static readonly PaddingType Padding = new();
    private static readonly FlagType Flag = new();
    private static readonly ChoiceType Initializer = new(InitializerKinds.Family, "auto");

    private const string Weights = "How the weights begin (biases begin at 0); auto: as suits the activation that follows.";
    private const string Touching = "From one window to the next; kernel: as the kernel, so that windows touch.";

    public static IReadOnlyList<Kind> All { get; } =
    [
        Kind.Of("average-pool", "The mean of each window of a map.",
            values => new AveragePool(values.Get<Axes>("kernel"))
            {
                Stride = values.Get<Axes?>("stride"),
                Padding = values.Get<Padding>("padding"),
                CountPadding = values.Flag("count_padding"),
            },
            Key.Optional<AveragePool>("kernel", Size, (Axes)2, l => l.Kernel, "Size of the window.", main: true),
            Key.Optional<AveragePool>("stride", StrideOrKernel, null, l => l.Stride, Touching),
            Key.Optional<AveragePool>("padding", Padding, Engine.Layers.Padding.Valid, l => l.Padding,
                "On each side, less than the kernel."),
            Key.Optional<AveragePool>("count_padding", Flag, false, l => l.CountPadding,
                "Whether padding counts as zeros of the mean; else it is left out.")),
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
            Key.Optional<Conv2d>("bias", Flag, true, l => l.Bias, "Whether each map adds a bias."),
            Key.Optional<Conv2d>("flip", Flag, false, l => l.Flip,
                "True convolution, with the mask turned by 180 degrees; else cross-correlation."),
            Key.Optional<Conv2d>("init", Initializer, null, l => l.Weights, Weights)),
        Kind.Of("conv-transpose", "Transposed 2-D convolution (deconvolution): makes images larger.",
            values => new ConvTranspose2d(values.Int("maps"))
            {
                Kernel = values.Get<Axes>("kernel"),
                Stride = values.Get<Axes>("stride"),
                Padding = values.Get<Padding>("padding"),
                OutputPadding = values.Get<Axes>("output_padding"),
                Dilation = values.Get<Axes>("dilation"),
                Groups = values.Int("groups"),
                Bias = values.Flag("bias"),
                Weights = values.Get<Initializer?>("init"),
            },
            Key.Needed<ConvTranspose2d>("maps", Maps, l => l.Maps, "Maps of the output.", main: true),
            Key.Optional<ConvTranspose2d>("kernel", Size, (Axes)2, l => l.Kernel, "Size of the mask."),
            Key.Optional<ConvTranspose2d>("stride", Size, (Axes)2, l => l.Stride, "How many times larger the output is."),
            Key.Optional<ConvTranspose2d>("padding", Padding, Engine.Layers.Padding.Same, l => l.Padding,
                "Cut off on each side of the output; same: as much as makes it stride times the input."),
            Key.Optional<ConvTranspose2d>("output_padding", new AxesType(0, JobLimits.MaxKernel), (Axes)0, l => l.OutputPadding,
                "Rows and columns added behind, less than the stride; not with padding same."),
            Key.Optional<ConvTranspose2d>("dilation", Size, (Axes)1, l => l.Dilation, "From one tap of the mask to the next."),
            Key.Optional<ConvTranspose2d>("groups", Maps, 1L, l => l.Groups, "Parts of the channels and maps that do not see each other."),
            Key.Optional<ConvTranspose2d>("bias", Flag, true, l => l.Bias, "Whether each map adds a bias."),
            Key.Optional<ConvTranspose2d>("init", Initializer, null, l => l.Weights, Weights)),
        Kind.Of("l2-pool", "The Euclidean length of each window of a map: the root of the sum of squares.",
            values => new L2Pool(values.Get<Axes>("kernel"))
            {
                Stride = values.Get<Axes?>("stride"),
                Padding = values.Get<Padding>("padding"),
            },
            Key.Optional<L2Pool>("kernel", Size, (Axes)2, l => l.Kernel, "Size of the window.", main: true),
            Key.Optional<L2Pool>("stride", StrideOrKernel, null, l => l.Stride, Touching),
            Key.Optional<L2Pool>("padding", Padding, Engine.Layers.Padding.Valid, l => l.Padding,
                "Zeros on each side, less than the kernel.")),
        Kind.Of("l2-pool-maps", "The Euclidean length of neighbouring maps at each pixel.",
            values => new L2PoolMaps(values.Int("size")) { Stride = (int?)values.Get<long?>("stride") },
            Key.Optional<L2PoolMaps>("size", Maps, 2L, l => l.Size, "Maps of a group.", main: true),
            Key.Optional<L2PoolMaps>("stride", new OptionalType(Maps, "size"), null, l => (long?)l.Stride,
                "From one group to the next; size: as the size, so that each map is in one group.")),
        Kind.Of("local-contrast", "What stands out from its surroundings, measured by how much they vary.",
            values => new LocalContrast(values.Int("size"))
            {
                Gaussian = values.Flag("gaussian"),
                Subtractive = values.Flag("subtractive"),
                Divisive = values.Flag("divisive"),
                AcrossMaps = values.Flag("across_maps"),
                Epsilon = values.Number("epsilon"),
            },
            Key.Optional<LocalContrast>("size", new IntegerType(1, JobLimits.MaxKernel, odd: true), 9L, l => l.Size, "Pixels along each side of the window.",
                main: true),
            Key.Optional<LocalContrast>("gaussian", Flag, true, l => l.Gaussian,
                "Whether the window is Gaussian, of standard deviation size / 4; else a box."),
            Key.Optional<LocalContrast>("subtractive", Flag, true, l => l.Subtractive, "Whether the local mean is subtracted."),
            Key.Optional<LocalContrast>("divisive", Flag, true, l => l.Divisive, "Whether it is divided by the local deviation."),
            Key.Optional<LocalContrast>("across_maps", Flag, true, l => l.AcrossMaps,
                "Whether all maps share a mean and a deviation; else each has its own."),
            Key.Optional<LocalContrast>("epsilon", new NumberType(0, above: true), 1e-4f, l => l.Epsilon,
                "Divides where the local deviation is smaller.")),
        Kind.Of("locally-connected", "Weighted sums of windows, with weights of their own at every place.",
            values => new LocallyConnected(values.Int("maps"))
            {
                Kernel = values.Get<Axes>("kernel"),
                Stride = values.Get<Axes>("stride"),
                Padding = values.Get<Padding>("padding"),
                Weights = values.Get<Initializer?>("init"),
            },
            Key.Needed<LocallyConnected>("maps", Maps, l => l.Maps, "Maps of the output.", main: true),
            Key.Optional<LocallyConnected>("kernel", Size, (Axes)3, l => l.Kernel, "Size of the window."),
            Key.Optional<LocallyConnected>("stride", Size, (Axes)1, l => l.Stride, "From one window to the next."),
            Key.Optional<LocallyConnected>("padding", Padding, Engine.Layers.Padding.Valid, l => l.Padding,
                "Zeros on each side; same: as many as keep the size (divided by the stride)."),
            Key.Optional<LocallyConnected>("init", Initializer, null, l => l.Weights, Weights)),
        Kind.Of("max-pool", "The largest element of each window of a map.",
            values => new MaxPool(values.Get<Axes>("kernel"))
            {
                Stride = values.Get<Axes?>("stride"),
                Padding = values.Get<Padding>("padding"),
            },
            Key.Optional<MaxPool>("kernel", Size, (Axes)2, l => l.Kernel, "Size of the window.", main: true),
            Key.Optional<MaxPool>("stride", StrideOrKernel, null, l => l.Stride, Touching),
            Key.Optional<MaxPool>("padding", Padding, Engine.Layers.Padding.Valid, l => l.Padding,
                "On each side, less than the kernel; never the largest.")),
        Kind.Of("unpool", "Puts each element back where the largest of its window was in the max-pool that it undoes: the last one "
            + "before it that is not undone yet.", _ => new Unpool()),
        Kind.Of("upsample", "Every pixel becomes a block of equal ones.",
            values => new Upsample(values.Get<Axes>("factor")),
            Key.Optional<Upsample>("factor", Size, (Axes)2, l => l.Factor, "Size of the block.", main: true)),
    ];
}
