using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>tanh x, element by element.</summary>
public sealed record Tanh : Layer
{
    public override string Kind => "tanh";

    public override Initializer InitializerBefore => new GlorotUniform();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Tanh(), input);
}
