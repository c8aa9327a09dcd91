using Distributed.Engine.Graphs;

namespace Distributed.Engine.Layers;

/// <summary>In training each unit is 0 with probability <paramref name="Rate"/>, the others are scaled by 1 / (1 − rate); in evaluation
/// nothing happens.</summary>
/// <param name="Rate">0 to below 1.</param>
public sealed record Dropout(float Rate = 0.5f) : Layer
{
    public float Rate { get; } = new Operations.Dropout(Rate).Rate;

    public override string Kind => "dropout";

    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next) =>
        input.Graph.Apply(new Operations.Dropout(Rate), input);
}
