using Distributed.Engine.Operations;

namespace Distributed.Engine.Graphs;

/// <summary>What computes a value in an executor: its own operation on its own inputs, or one that stands for a chain.</summary>
internal sealed record Computation(Operation Operation, IReadOnlyList<Value> Inputs);

/// <summary>Finds chains of operations that one operation does in a single pass, with the same bits.</summary>
/// <remarks>The values inside a chain are then not computed: so each has one use, and nobody asks for its numbers. The graph stays as its
/// maker sees it.</remarks>
internal static class Fusion
{
    /// <param name="wanted">Values whose numbers will be read, besides the root's.</param>
    /// <returns>By value up to the root: what computes it; null for inputs and parameters.</returns>
    public static Computation?[] Find(Graph graph, Value root, IReadOnlyCollection<Value> wanted)
    {
        var found = None(graph, root);
        var uses = new int[root.Index + 1];
        foreach (var value in graph.Values.Take(root.Index + 1))
            foreach (var input in value.Inputs) uses[input.Index]++;

        foreach (var value in graph.Values.Take(root.Index + 1))
        {
            if (value.Operation is MaxPool pool && Inside(value.Inputs[0]) is { Operation: Relu } relu
                && Inside(relu.Inputs[0]) is { Operation: Conv2d convolution } map && map.Inputs.Skip(1).All(input => input.NeedsGradient)
                && PooledConv2d.Suits(convolution, pool, [.. map.Inputs.Select(input => input.Shape)]))
            {
                found[value.Index] = new Computation(new PooledConv2d(convolution, pool), map.Inputs);
            }
            else if (value.Operation is Relu && Inside(value.Inputs[0]) is { Operation: Linear linear } sums)
            {
                found[value.Index] = new Computation(new RectifiedLinear(linear), sums.Inputs);
            }
        }
        return found;

        Value? Inside(Value value) => uses[value.Index] == 1 && !wanted.Contains(value) ? value : null;
    }

    /// <summary>Every operation by itself.</summary>
    public static Computation?[] None(Graph graph, Value root) =>
        [.. graph.Values.Take(root.Index + 1).Select(value => value.Operation is { } own ? new Computation(own, value.Inputs) : null)];
}
