using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>The linear activation: x as it is.</summary>
public sealed record Identity : Layer
{
    public override string Kind => "identity";

    public override Initializer InitializerBefore => new GlorotUniform();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Graph.Apply(new Operations.Identity(), input);
}
