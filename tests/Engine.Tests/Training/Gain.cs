using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Training;

/// <summary>x · g with one trainable number g, at first 1: a parameter whose gradient no operation sums in the
/// tree, since what is spread over the samples is a copy of it.</summary>
internal sealed record Gain : Layer
{
    public override string Kind => "gain";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input * input.Graph.Apply(new Engine.Operations.Identity(),
            input.Graph.Parameter($"{name}.factor", Shape.Scalar, ParameterRole.Weight, new One()));

    private sealed record One : Initializer
    {
        public override void Fill(Span<float> weights, Shape shape, ulong seed, uint parameter) => weights.Fill(1);
    }
}
