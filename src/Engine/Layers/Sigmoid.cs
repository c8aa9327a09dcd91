using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>1 / (1 + e⁻ˣ), element by element.</summary>
public sealed record Sigmoid : Layer
{
    public override string Kind => "sigmoid";

    public override Initializer InitializerBefore => new GlorotUniform();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Sigmoid(), input);
}
