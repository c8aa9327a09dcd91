using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>Each channel of [B, C] or [B, C, h, w] brought to mean 0 and variance 1 over a virtual shard, then times a gain plus a shift;
/// in evaluation with running mean and variance.</summary>
/// <remarks>Parameters, [C] each: "….gain" from 1, "….shift" from 0, and the statistics "….mean" from 0 and "….variance" from 1.</remarks>
/// <param name="Momentum">By how much of the difference the running statistics move in a step, above 0 to 1.</param>
/// <param name="Epsilon">Added to a variance before its root; above 0.</param>
public sealed record BatchNorm(float Momentum = BatchNorm.DefaultMomentum, float Epsilon = Operations.BatchNorm.DefaultEpsilon) : Layer
{
    public const float DefaultMomentum = 0.1f;

    public float Momentum { get; } = Momentum > 0 && Momentum <= 1 ? Momentum
        : throw new ArgumentOutOfRangeException(nameof(Momentum), Momentum, "the momentum of batch normalization is above 0 and at most 1");

    public float Epsilon { get; } = new Operations.BatchNorm(Epsilon).Epsilon;

    public override string Kind => "batch-norm";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        if (!input.Shape.IsBatched || input.Shape.Rank < 2)
            throw new ShapeException($"BatchNorm \"{name}\": input has shape {input.Shape}, [B, C] or [B, C, …] is wanted");
        var (graph, channels) = (input.Graph, new Shape(input.Shape[1]));
        var gain = graph.Parameter($"{name}.gain", channels, ParameterRole.Norm, new Constant(1));
        var shift = graph.Parameter($"{name}.shift", channels, ParameterRole.Norm);
        var mean = graph.Parameter($"{name}.mean", channels, ParameterRole.Statistic, statisticRate: Momentum);
        var variance = graph.Parameter($"{name}.variance", channels, ParameterRole.Statistic, new Constant(1), Momentum);
        return graph.Apply(new Operations.BatchNorm(Epsilon, name), input, gain, shift, mean, variance);
    }
}
