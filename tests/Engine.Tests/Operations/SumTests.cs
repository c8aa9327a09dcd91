using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class SumTests
{
    private static readonly double[] Numbers = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(new int[0], new double[] { 21 })]
    [InlineData(new[] { 0 }, new double[] { 5, 7, 9 })]
    [InlineData(new[] { 1 }, new double[] { 6, 15 })]
    [InlineData(new[] { -1, 0 }, new double[] { 21 })]
    public void Sums_and_means_over_axes(int[] axes, double[] wanted)
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 3), needsGradient: true);
        foreach (var kept in new[] { false, true })
        {
            var (sum, mean) = (graph.Apply(new Sum(axes, kept), x), graph.Apply(new Mean(axes, kept), x));
            Assert.Equal(kept ? 2 : axes.Length is 0 or 2 ? 0 : 1, sum.Shape.Rank);
            Assert.Equal(wanted, Numbered(sum).Output);
            var (means, gradient) = Numbered(mean);
            Assert.Equal(wanted.Select(element => element / (6.0 / wanted.Length)), means);
            Assert.All(gradient, element => Assert.Equal(wanted.Length / 6.0, element, 1e-15));
        }

        (double[] Output, double[] Gradient) Numbered(Value root)
        {
            var executor = new Executor<double>(graph, root, 2);
            Numbers.CopyTo(executor.Input(x, 2));
            executor.Forward(ReadOnlyMemory<double>.Empty, 2);
            executor.Backward(Memory<double>.Empty);
            return (executor.Values(root).ToArray(), executor.GradientOf(x).ToArray());
        }
    }

    /// <summary>1e8 + 1 + 1 − 1e8 in float: in order from the left it is 0.</summary>
    [Fact]
    public void Elements_are_added_in_index_order()
    {
        var (sums, _) = Run.Batched(new Sum([1]), 1, (new Shape(4), [1e8f, 1, 1, -1e8f]));
        Assert.Equal([0f], sums);
        (sums, _) = Run.Batched(new Sum([1]), 1, (new Shape(4), [1e8f, -1e8f, 1, 1]));
        Assert.Equal([2f], sums);
    }
}
