using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Layers;

public class LayerTests
{
    private static Model Model(Layer network, Shape sample, int classes = 3) =>
        new(network, sample, classes, new SoftmaxCrossEntropyLoss());

    [Fact]
    public void Parameters_are_named_and_laid_out_in_layer_order()
    {
        var model = Model(new Sequential(new Flatten(), new Linear(5), new ReLU(), new Linear(3)), new Shape(2, 4));
        Assert.Equal(["linear1.weight [5, 8] at 0 Weight", "linear1.bias [5] at 40 Bias", "linear2.weight [3, 5] at 45 Weight",
            "linear2.bias [3] at 60 Bias"],
            model.Parameters.Slices.Select(slice => $"{slice.Name} {slice.Shape} at {slice.Offset} {slice.Role}").ToArray());
        Assert.Equal(63, model.Parameters.Count);
    }

    [Fact]
    public void The_activation_that_follows_picks_the_initialization()
    {
        Assert.Equal([typeof(HeNormal), typeof(GlorotUniform), typeof(GlorotUniform)], Initializers(
            new Linear(4), new LeakyReLU(), new Linear(4), new Tanh(), new Linear(3)));
        Assert.Equal([typeof(GlorotUniform), typeof(HeNormal)], Initializers(new Linear(4), new Sigmoid(), new Linear(3), new ReLU()));
        Assert.Equal([typeof(HeNormal), typeof(Gaussian)], Initializers(
            new Sequential(new Linear(4)), new Flatten(), new Sequential(new Sequential(new ReLU()), new Tanh()),
            new Linear(3, new Gaussian(0.1f))));

        static Type[] Initializers(params Layer[] layers) => [.. Model(new Sequential(layers), new Shape(5)).Parameters.Slices
            .Where(slice => slice.Role == ParameterRole.Weight).Select(slice => slice.Initializer.GetType())];
    }

    [Fact]
    public void Biases_begin_at_zero_and_weights_do_not()
    {
        var parameters = Model(new Linear(3), new Shape(5)).Parameters;
        var weights = parameters.InitialWeights(1);
        Assert.All(weights[parameters[".bias"].Offset..], bias => Assert.Equal(0, bias));
        Assert.All(weights[..parameters[".bias"].Offset], weight => Assert.NotEqual(0, weight));
    }

    [Fact]
    public void A_linear_layer_wants_a_flat_sample() => Assert.Equal(
        "Linear \"linear1\": input has shape [B, 1, 28, 28], [B, features] is wanted: put a flatten before it",
        Assert.Throws<ShapeException>(() => Model(new Sequential(new Linear(3)), new Shape(1, 28, 28))).Message);

    [Fact]
    public void A_flatten_of_a_flat_sample_adds_nothing()
    {
        var graph = new Graph();
        var input = graph.Input("x", new Shape(Shape.Batch, 4));
        Assert.Same(input, new Flatten().Apply(input, "flatten1", []));
        var image = graph.Input("image", new Shape(Shape.Batch, 1, 2, 2));
        Assert.Equal(new Shape(Shape.Batch, 4), new Flatten().Apply(image, "flatten2", []).Shape);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeakyReLU(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MulticlassHingeLoss(0));
    }

    [Fact]
    public void Layers_of_equal_settings_are_equal()
    {
        Assert.Equal(new Linear(3), new Linear(3));
        Assert.NotEqual(new Linear(3), new Linear(4));
        Assert.Equal(new LeakyReLU(0.5f), new LeakyReLU(0.5f));
        Assert.NotEqual(new LeakyReLU(0.5f), new LeakyReLU());
    }

    [Fact]
    public void The_output_must_be_one_score_a_class() => Assert.Contains("the data has 3 classes: [3] is wanted",
        Assert.Throws<ShapeException>(() => Model(new Linear(4), new Shape(5))).Message);
}
