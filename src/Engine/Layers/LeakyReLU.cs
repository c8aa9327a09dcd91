using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>x where x > 0, else slope · x, element by element.</summary>
/// <param name="Slope">The slope left of 0; finite.</param>
public sealed record LeakyReLU(float Slope = 0.01f) : Layer
{
    public float Slope { get; } = float.IsFinite(Slope) ? Slope
        : throw new ArgumentOutOfRangeException(nameof(Slope), Slope, "the slope of a leaky ReLU is finite");

    public override string Kind => "leaky-relu";

    public override Initializer InitializerBefore => new HeNormal();

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.LeakyRelu(Slope), input);
}
