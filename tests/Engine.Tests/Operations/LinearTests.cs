using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

public class LinearTests
{
    [Fact]
    public void It_is_weight_times_x_plus_bias()
    {
        var (output, gradients) = Unbatched([1, 2], [3, 4, 5, 6, 7, 8], [0.5, 0.25, 0.125]);
        Assert.Equal([11.5, 17.25, 23.125], output);
        Assert.Equal([15, 18, 1, 2, 1, 2, 1, 2, 1, 1, 1], gradients);
    }

    /// <summary>Shard sums: 1e8 + 1 of shard 0, −1e8 and 1 of shard 1, in float. In the tree (1e8 + 1 → 1e8) + (−1e8 + 1 → −1e8) is 0; one
    /// chain over the samples gives 1.</summary>
    [Fact]
    public void Weight_and_bias_gradients_are_added_in_the_tree()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 1));
        var scale = graph.Input("scale", new Shape(Shape.Batch, 1));
        var root = graph.Apply(new Linear(), x, graph.Parameter("w", new Shape(1, 1)), graph.Parameter("b", new Shape(1))) * scale;
        var executor = new Executor<float>(graph, root, 4);
        Assert.True(executor.ReducesInTree);
        executor.Input(x, 4).Fill(1);
        new float[] { 1e8f, 1, -1e8f, 1 }.CopyTo(executor.Input(scale, 4));
        executor.Forward(new float[2], new Pass(new[] { 0, 2, 4 }));
        var gradient = new float[2];
        executor.Backward(gradient);
        Assert.Equal([0, 0], gradient);
        executor.Forward(new float[2], 4);
        executor.Backward(gradient);
        Assert.Equal([1, 1], gradient);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_name()
    {
        var operation = new Linear("fc2");
        Assert.Equal("Linear \"fc2\": input has 300 features, weight expects 512",
            Run.Refusal(operation, new Shape(Shape.Batch, 300), new Shape(10, 512), new Shape(10)));
        Assert.Equal("Linear \"fc2\": bias has shape [11], weight [10, 512] expects [10]",
            Run.Refusal(operation, new Shape(Shape.Batch, 512), new Shape(10, 512), new Shape(11)));
        Assert.Equal("Linear \"fc2\": weight has shape [10], [out, in] is wanted",
            Run.Refusal(operation, new Shape(Shape.Batch, 10), new Shape(10), new Shape(10)));
        Assert.Equal("Linear \"fc2\": input has shape [B, 1, 28, 28], [B, 784] is wanted: put a flatten before it",
            Run.Refusal(operation, new Shape(Shape.Batch, 1, 28, 28), new Shape(10, 784), new Shape(10)));
    }

    private static (double[] Output, double[] Gradients) Unbatched(double[] x, double[] weight, double[] bias)
    {
        var graph = new Graph();
        var root = graph.Apply(new Linear(), graph.Parameter("x", new Shape(x.Length)),
            graph.Parameter("w", new Shape(bias.Length, x.Length)), graph.Parameter("b", new Shape(bias.Length)));
        var executor = new Executor<double>(graph, root, 1);
        executor.Forward((double[])[.. x, .. weight, .. bias], 1);
        var gradient = new double[graph.Parameters.Count];
        executor.Backward(gradient);
        return (executor.Values(root).ToArray(), gradient);
    }
}
