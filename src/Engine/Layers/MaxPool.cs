using Distributed.Engine.Graphs;

namespace Distributed.Engine.Layers;

/// <summary>The largest element of each window of a map: see <see cref="Operations.MaxPool"/>.</summary>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record MaxPool(Axes Kernel) : Layer
{
    public override string Kind => "max-pool";

    public Axes Kernel { get; } = Kernel.AtLeast(1, "kernel");

    /// <summary>Null: the kernel, so that windows touch and do not overlap.</summary>
    public Axes? Stride { get; init => field = value?.AtLeast(1, "stride"); }

    /// <summary>Less than the kernel; never the largest.</summary>
    public Padding Padding { get; init; } = 0;

    public override Reach Reach => Reach.Of(Kernel, Stride ?? Kernel, 1);

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var (y, x) = Pooling.Windows(this, name, input.Shape, Kernel, Stride, Padding);
        return input.Graph.Apply(new Operations.MaxPool(y, x), input);
    }
}
