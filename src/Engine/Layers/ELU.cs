using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>x where x > 0, else alpha · (eˣ − 1), element by element.</summary>
/// <param name="Alpha">How far below 0 it goes; finite.</param>
public sealed record ELU(float Alpha = 1) : Layer
{
    public float Alpha { get; } = new Operations.Elu(Alpha).Alpha;

    public override string Kind => "elu";

    public override Initializer InitializerBefore => new HeNormal();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Elu(Alpha), input);
}
