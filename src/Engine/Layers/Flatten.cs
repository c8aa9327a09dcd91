using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Layers;

/// <summary>[B, …] becomes [B, features], row-major.</summary>
public sealed record Flatten : Layer
{
    public override string Kind => "flatten";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Shape.Sample.Rank == 1
        ? input
        : input.Graph.Apply(new Reshape(new Shape(input.Shape.SampleElements)), input);
}
