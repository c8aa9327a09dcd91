using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;

namespace Distributed.Engine.Layers;

/// <summary>Layers one after another.</summary>
/// <example><code>new Sequential(new Linear(100), new ReLU(), new Linear(3))</code></example>
public sealed record Sequential(params IReadOnlyList<Layer> Layers) : Layer
{
    public override string Kind => "sequential";

    public override Initializer? InitializerBefore =>
        Layers.Select(layer => layer.InitializerBefore).FirstOrDefault(initializer => initializer is not null);

    public override Reach Reach => Reach.Through(Layers).LastOrDefault(Reach.Own);

    public bool Equals(Sequential? other) => other is not null && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() => Layers.Aggregate(Kind.GetHashCode(StringComparison.Ordinal), HashCode.Combine);

    /// <summary>Parameters are named by kind and the count of that kind so far: linear1.weight, linear1.bias, linear2.weight.</summary>
    public override Value Apply(Value input, string name, IReadOnlyList<Layer> next)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < Layers.Count; i++)
        {
            var layer = Layers[i];
            var number = counts[layer.Kind] = counts.GetValueOrDefault(layer.Kind) + 1;
            input = input.Graph.Apply(layer, input, $"{name}{layer.Kind}{number}", [.. Layers.Skip(i + 1), .. next]);
        }
        return input;
    }
}
