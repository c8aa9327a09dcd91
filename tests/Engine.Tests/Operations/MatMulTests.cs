using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

public class MatMulTests
{
    /// <summary>(1e8 + 1) + (−1e8 + 1) is 0 in float's tree of two shards; one chain over the samples gives 1.</summary>
    [Fact]
    public void The_right_gradient_of_a_batch_is_added_in_the_tree()
    {
        var graph = new Graph();
        var a = graph.Input("a", new Shape(Shape.Batch, 1));
        var executor = new Executor<float>(graph, graph.Apply(new MatMul(), a, graph.Parameter("b", new Shape(1, 1))), 4);
        Assert.True(executor.ReducesInTree);
        new float[] { 1e8f, 1, -1e8f, 1 }.CopyTo(executor.Input(a, 4));
        executor.Forward(new float[1], new Pass(new[] { 0, 2, 4 }));
        var gradient = new float[1];
        executor.Backward(gradient);
        Assert.Equal(0, gradient[0]);
        executor.Forward(new float[1], 4);
        executor.Backward(gradient);
        Assert.Equal(1, gradient[0]);
    }

    [Fact]
    public void It_is_the_matrix_product()
    {
        var graph = new Graph();
        var product = graph.Apply(new MatMul(), graph.Parameter("a", new Shape(2, 3)), graph.Parameter("b", new Shape(3, 2)));
        var executor = new Executor<double>(graph, product, 1);
        executor.Forward(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 1);
        Assert.Equal([58, 64, 139, 154], executor.Values(product).ToArray());
    }
}
