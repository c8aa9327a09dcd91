using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Layers;

/// <summary>The Euclidean length of neighbouring maps at each pixel: see <see cref="Operations.L2PoolMaps"/>.</summary>
/// <param name="Size">Maps of a group.</param>
public sealed record L2PoolMaps(int Size) : Layer
{
    public override string Kind => "l2-pool-maps";

    public int Size { get; } = new Axes(Size, Size).AtLeast(1, "size").Y;

    /// <summary>From one group to the next; null: the size, so that each map is in one group.</summary>
    public int? Stride { get; init => field = value is { } maps ? new Axes(maps, maps).AtLeast(1, "stride").Y : null; }

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.L2PoolMaps(new Window(Size, Stride ?? Size)), input);
}
