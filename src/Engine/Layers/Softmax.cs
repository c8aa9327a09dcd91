using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>Positive numbers that add up to 1, for each sample: eˣ / Σeˣ over its features.</summary>
/// <remarks>For a loss on numbers. The loss softmax-cross-entropy takes scores as they are and has a softmax of its own.</remarks>
public sealed record Softmax : Layer
{
    public override string Kind => "softmax";

    public override Initializer InitializerBefore => new GlorotUniform();

    public override Reach Reach => Reach.Everything;

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Shape.Sample.Rank == 1
        ? input.Graph.Apply(new Operations.Softmax(), input)
        : throw new ShapeException($"Softmax \"{name}\": input has shape {input.Shape}, [B, features] is wanted: put a flatten before it");
}
