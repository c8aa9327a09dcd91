using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Training;

/// <summary>One operation as a layer: what no job can name.</summary>
internal sealed record OperationLayer(Operation Operation) : Layer
{
    public override string Kind => Operation.Name;

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) => input.Graph.Apply(Operation, input);
}

/// <summary>a·x − b·x: one value used twice.</summary>
internal sealed record TwoUses(double A, double B) : Layer
{
    public override string Kind => "two-uses";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Scale(A), input) - input.Graph.Apply(new Scale(B), input);
}
