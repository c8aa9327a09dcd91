using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>A layer that makes one number of each window of a map.</summary>
/// <param name="Kernel">Rows and columns of the window.</param>
public abstract record Pool(Axes Kernel) : Layer
{
    public Axes Kernel { get; } = Kernel.AtLeast(1, "kernel");

    /// <summary>Null: the kernel, so that windows touch and do not overlap.</summary>
    public Axes? Stride { get; init => field = value?.AtLeast(1, "stride"); }

    /// <summary>Less than the kernel. A maximum never lies in it.</summary>
    public Padding Padding { get; init; } = 0;

    public override Reach Reach => Reach.Of(Kernel, Stride ?? Kernel, 1);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var described = $"{Kind} \"{name}\"";
        var (_, height, width) = ImageRules.Image(described, input.Shape);
        var (y, x) = Padding.Windows(Kernel, Stride ?? Kernel, 1, height, width);
        if (y.Before >= y.Size || x.Before >= x.Size)
            throw new ShapeException($"{described}: padding {Padding} is not less than the kernel {Kernel}");
        ImageRules.Outputs(described, y, x, height, width);
        return input.Graph.Apply(Over(y, x), input);
    }

    /// <summary>The operation over these windows.</summary>
    private protected abstract Operation Over(Window y, Window x);
}
