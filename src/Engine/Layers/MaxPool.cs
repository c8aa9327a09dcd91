using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>The largest element of each window of a map: see <see cref="Operations.MaxPool"/>.</summary>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record MaxPool(Axes Kernel) : Pool(Kernel)
{
    public override string Kind => "max-pool";

    private protected override Operation Over(Window y, Window x) => new Operations.MaxPool(y, x);
}
