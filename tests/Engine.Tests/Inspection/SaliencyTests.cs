using Distributed.Engine.Graphs;
using Distributed.Engine.Inspection;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Inspection;

public class SaliencyTests
{
    private static readonly Sequential Network = new(new Linear(4), new Tanh(), new Linear(3));

    [Fact]
    public void It_is_the_slope_of_the_score()
    {
        var weights = Weights(Network, new Shape(5));
        float[] x = [0.5f, -1, 0.25f, 2, -0.75f];
        var saliency = Saliency.Of(Network, new Shape(5), weights, x, 2);
        for (var i = 0; i < x.Length; i++)
        {
            const float Step = 1e-2f;
            float[] left = [.. x], right = [.. x];
            (left[i], right[i]) = (x[i] - Step, x[i] + Step);
            var slope = (Score(right) - Score(left)) / (2 * Step);
            Assert.Equal(slope, saliency[i], 1e-3);
        }

        float Score(float[] features) => FeatureMaps.Of(Network, new Shape(5), weights, features, 2).Values[2];
    }

    [Fact]
    public void Of_a_linear_model_it_is_the_row_of_the_weights()
    {
        var linear = new Sequential(new Linear(3));
        var weights = Weights(linear, new Shape(5));
        Assert.Equal(weights[5..10], Saliency.Of(linear, new Shape(5), weights, [1, 2, 3, 4, 5], 1));
    }

    [Fact]
    public void A_score_that_is_none_is_refused() => Assert.Contains("scores 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(
        () => Saliency.Of(Network, new Shape(5), Weights(Network, new Shape(5)), new float[5], 3)).Message);

    [Fact]
    public void A_graph_remembers_its_layers()
    {
        var graph = new Graph();
        Network.Apply(graph.Input("x", new Shape(Shape.Batch, 5)), "", []);
        Assert.Equal(["linear1", "tanh1", "linear2"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal([24, 0, 15], graph.Layers.Select(layer => layer.TrainedElements));
        Assert.Equal([new Shape(Shape.Batch, 4), new Shape(Shape.Batch, 4), new Shape(Shape.Batch, 3)],
            graph.Layers.Select(layer => layer.Output.Shape));
    }

    private static float[] Weights(Layer network, Shape sample)
    {
        var graph = new Graph();
        network.Apply(graph.Input("x", Shape.Batched(sample)), "", []);
        return graph.Parameters.InitialWeights(7);
    }
}
