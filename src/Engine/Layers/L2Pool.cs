using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>The Euclidean length of each window of a map: see <see cref="Operations.L2Pool"/>.</summary>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record L2Pool(Axes Kernel) : Pool(Kernel)
{
    public override string Kind => "l2-pool";

    private protected override Operation Over(Window y, Window x) => new Operations.L2Pool(y, x);
}
