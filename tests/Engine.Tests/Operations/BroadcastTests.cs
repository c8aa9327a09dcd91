using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Tensors that are spread over larger ones, by the operation of that name and by those of two inputs.</summary>
public class BroadcastTests
{
    private static readonly int[] Offsets = [0, 2, 2, 5, 9];

    private static readonly Dictionary<string, Func<Value, Value, Value>> Spreading = new()
    {
        ["add"] = (x, p) => x + p,
        ["subtract"] = (x, p) => x - p,
        ["multiply"] = (x, p) => x * p,
        ["divide"] = (x, p) => p / x,
        ["maximum"] = (x, p) => x.Max(p),
        ["minimum"] = (x, p) => p.Min(x),
        ["power"] = (x, p) => x.Square().Power(p),
        ["broadcast"] = (x, p) => p.Broadcast(x.Shape),
    };

    public static TheoryData<string> Names => [.. Spreading.Keys];

    /// <summary>The lecture's bias: the same b is added to every sample, so its gradient is the sum over them.</summary>
    [Fact]
    public void A_row_is_added_to_every_sample()
    {
        var graph = new Graph();
        var (x, b) = (graph.Input("x", new Shape(Shape.Batch, 3)), graph.Parameter("b", new Shape(3)));
        var executor = new Executor<double>(graph, (x + b).Square(), 2, keepGradients: true);
        new double[] { 1, 2, 3, 4, 5, 6 }.CopyTo(executor.Input(x, 2));
        executor.Forward(new double[] { 10, 20, 30 }, 2);
        var gradient = new double[3];
        executor.Backward(gradient);
        Assert.Equal([2 * (11 + 14), 2 * (22 + 25), 2 * (33 + 36)], gradient);
    }

    [Fact]
    public void Extents_of_one_are_repeated()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(2, 1), needsGradient: true);
        var root = x.Broadcast(new Shape(3, 2, 2));
        var executor = new Executor<double>(graph, root, 1);
        new double[] { 7, 8 }.CopyTo(executor.Input(x, 1));
        executor.Forward(ReadOnlyMemory<double>.Empty, 1);
        executor.Backward(Memory<double>.Empty);
        Assert.Equal([7, 7, 8, 8, 7, 7, 8, 8, 7, 7, 8, 8], executor.Values(root).ToArray());
        Assert.Equal([6, 6], executor.GradientOf(x).ToArray());
    }

    /// <summary>The gradient of what is spread over samples has the bits of the shards' own, added pairwise.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Over_samples_it_is_summed_in_the_tree(string name)
    {
        var treeShows = false;
        foreach (var shape in new Shape[] { new(), new(5), new(3, 1), new(1, 5), new(1, 3, 1), new(3, 5) })
        {
            var graph = new Graph();
            var x = graph.Input("x", new Shape(Shape.Batch, 3, 5));
            var root = Spreading[name](x, graph.Parameter("p", shape)) * x.Square();
            float[] p = Bits.Mixed(graph.Parameters.Count, 3, extremes: false);
            var numbers = Bits.Mixed(9 * 15, 4, extremes: false);

            var whole = Gradient(0, Offsets);
            var shards = Enumerable.Range(0, 4).Select(s => Offsets[s] == Offsets[s + 1] ? new float[p.Length]
                : Gradient(Offsets[s], [0, Offsets[s + 1] - Offsets[s]])).ToArray();
            float[] tree = [.. p.Select((_, i) => shards[0][i] + shards[1][i] + (shards[2][i] + shards[3][i]))];
            Bits.AssertEqual(tree, whole, $"{name}, {shape}");
            treeShows |= !Gradient(0, [0, 9]).SequenceEqual(whole);

            float[] Gradient(int first, int[] offsets)
            {
                var executor = new Executor<float>(graph, root, 9);
                Assert.True(executor.ReducesInTree);
                numbers.AsSpan(first * 15, offsets[^1] * 15).CopyTo(executor.Input(x, offsets[^1]));
                executor.Forward(p, new Pass(offsets));
                var gradient = new float[p.Length];
                executor.Backward(gradient);
                return gradient;
            }
        }
        Assert.True(treeShows, "one shard gives the same bits: the tree was not seen");
    }
}
