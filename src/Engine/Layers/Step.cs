using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>1 where x ≥ 0, else 0, element by element. It has no gradient: nothing before it can be trained.</summary>
public sealed record Step : Layer
{
    public override string Kind => "step";

    public override Initializer InitializerBefore => new GlorotUniform();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Graph.Apply(new Operations.Step(), input);
}
