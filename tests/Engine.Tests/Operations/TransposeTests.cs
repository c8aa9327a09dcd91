using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class TransposeTests
{
    [Fact]
    public void Rows_become_columns_in_each_sample()
    {
        var (output, gradients) = Run.Batched(new Transpose(), 2, (new Shape(2, 3), [1.0, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]));
        Assert.Equal([1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16], output);
        Assert.All(gradients[0], gradient => Assert.Equal(1, gradient));
    }

    [Fact]
    public void Axes_come_in_the_order_asked_for()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(2, 3, 4));
        var y = x.Transpose(2, 0, 1);
        Assert.Equal(new Shape(4, 2, 3), y.Shape);
        var executor = new Executor<double>(graph, y, 1);
        for (var i = 0; i < 24; i++) executor.Input(x, 1)[i] = i;
        executor.Forward(ReadOnlyMemory<double>.Empty, 1);
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 6; j++) Assert.Equal((j * 4) + i, executor.Values(y)[(i * 6) + j]);
    }
}
