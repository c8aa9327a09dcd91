using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Builds a random <see cref="Case"/> around one operation.</summary>
/// <remarks>
/// All leaf numbers of a case are distinct multiples of a grid, with at least 0.01 between any two and from 0: no ReLU, maximum or
/// hinge of margin 1 or 2 stands near its kink. The result is weighted element by element and tanh is taken of the weighted
/// result, so that every element has its own gradient, of no special value.
/// </remarks>
internal sealed class CaseBuilder(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Graph _graph = new();
    private readonly Dictionary<Value, Func<double>> _leaves = [];
    private readonly HashSet<int> _taken = [0];

    public int Samples { get; } = new Random(seed).Next(1, 5);

    public int Extent() => _random.Next(1, 5);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    public T OneOf<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    public float Alpha() => OneOf(0.01f, 0.3f, 0f);

    public Shape MaybeBatched(Shape sample) => OneOf(true, false) ? Shape.Batched(sample) : sample;

    public Shape AnyShape()
    {
        var extents = new int[_random.Next(0, 4)];
        for (var i = 0; i < extents.Length; i++) extents[i] = Extent();
        return MaybeBatched(new Shape(extents));
    }

    public Value Any(bool positive = false) => Leaf(AnyShape(), positive);

    /// <summary>An input or, if not batched, perhaps a parameter.</summary>
    public Value Leaf(Shape shape, bool positive = false)
    {
        var name = $"leaf{_leaves.Count}";
        var leaf = !shape.IsBatched && OneOf(true, false)
            ? _graph.Parameter(name, shape)
            : _graph.Input(name, shape, needsGradient: true);
        _leaves.Add(leaf, () => positive ? Math.Abs(Number()) + 0.5 : Number());
        return leaf;
    }

    /// <summary>An input that takes no gradient.</summary>
    public Value Fixed(Shape shape, bool positive = false)
    {
        var leaf = _graph.Input($"leaf{_leaves.Count}", shape);
        _leaves.Add(leaf, () => positive ? Math.Abs(Number()) + 0.5 : Number());
        return leaf;
    }

    public Value Labels(bool batched, int classes) => Classes(batched ? new Shape(Shape.Batch) : Shape.Scalar, classes);

    public Value Classes(Shape shape, int classes)
    {
        var labels = _graph.Input("labels", shape);
        _leaves.Add(labels, () => _random.Next(classes));
        return labels;
    }

    public Value Apply(Operation operation, params ReadOnlySpan<Value> inputs) => _graph.Apply(operation, inputs);

    public Case Finish(Value result)
    {
        var weights = _graph.Input("weights", result.Shape);
        _leaves.Add(weights, () => 0.25 + _random.NextDouble());
        var root = _graph.Apply(new Tanh(), result * weights);
        var numbers = _graph.Values.Where(_leaves.ContainsKey)
            .ToDictionary(leaf => leaf, leaf => Enumerable.Range(0, leaf.Shape.Elements(Samples)).Select(_ => _leaves[leaf]()).ToArray());
        return new Case(_graph, root, numbers.Where(pair => pair.Key.Kind == ValueKind.Input).ToDictionary(),
            [.. numbers.Where(pair => pair.Key.Kind == ValueKind.Parameter).SelectMany(pair => pair.Value)], Samples);
    }

    /// <summary>From −2 to 2, and further where there are many numbers, on a grid of 0.013 and never twice.</summary>
    private double Number()
    {
        int place;
        var furthest = Math.Max(150, _taken.Count);
        do place = _random.Next(-furthest, furthest + 1);
        while (!_taken.Add(place));
        return place * 0.013;
    }
}
