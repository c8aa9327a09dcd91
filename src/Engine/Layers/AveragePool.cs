using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>The mean of each window of a map: see <see cref="Operations.AveragePool"/>.</summary>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record AveragePool(Axes Kernel) : Pool(Kernel)
{
    public override string Kind => "average-pool";

    /// <summary>Whether padding counts as zeros of the mean; else it is left out.</summary>
    public bool CountPadding { get; init; }

    private protected override Operation Over(Window y, Window x) => new Operations.AveragePool(y, x, CountPadding);
}
