using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>max(0, x), element by element.</summary>
public sealed record ReLU : Layer
{
    public override string Kind => "relu";

    public override Initializer InitializerBefore => new HeNormal();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Relu(), input);
}
