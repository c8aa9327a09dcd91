using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Layers;

public class ConvolutionLayerTests
{
    private static Value Apply(Layer layer, params int[] sample)
    {
        var graph = new Graph();
        return layer.Apply(graph.Input("x", Shape.Batched(new Shape(sample))), "layer1", []);
    }

    [Fact]
    public void A_convolution_keeps_the_size_unless_told_otherwise()
    {
        Assert.Equal(new Shape(Shape.Batch, 16, 28, 27), Apply(new Conv2d(16), 3, 28, 27).Shape);
        Assert.Equal(new Shape(Shape.Batch, 16, 26, 25), Apply(new Conv2d(16) { Padding = Padding.Valid }, 3, 28, 27).Shape);
        Assert.Equal(new Shape(Shape.Batch, 2, 14, 14), Apply(new Conv2d(2) { Stride = 2, Kernel = 4 }, 1, 28, 27).Shape);
        Assert.Equal(new Shape(Shape.Batch, 2, 28, 24), Apply(new Conv2d(2) { Kernel = new Axes(1, 3), Dilation = 2, Padding = 0 }, 1, 28, 28).Shape);
        Assert.Equal(new Shape(Shape.Batch, 3, 14, 13), Apply(new MaxPool(2), 3, 28, 27).Shape);
        Assert.Equal(new Shape(Shape.Batch, 3, 28, 27), Apply(new MaxPool(3) { Stride = 1, Padding = 1 }, 3, 28, 27).Shape);
    }

    [Fact]
    public void A_convolution_has_a_mask_for_each_map_and_channel_of_its_group()
    {
        var slices = Apply(new Conv2d(6) { Groups = 2, Kernel = new Axes(3, 5) }, 4, 9, 9).Graph.Parameters.Slices;
        Assert.Equal(["layer1.weight [6, 2, 3, 5] Weight", "layer1.bias [6] Bias"], slices.Select(s => $"{s.Name} {s.Shape} {s.Role}").ToArray());
        Assert.Single(Apply(new Conv2d(6) { Bias = false }, 4, 9, 9).Graph.Parameters.Slices);
    }

    [Fact]
    public void The_activation_behind_a_pooling_picks_the_initialization()
    {
        var graph = new Graph();
        new Sequential(new Conv2d(2), new MaxPool(2), new ReLU(), new Conv2d(2), new Tanh(), new Conv2d(1) { Weights = new Gaussian(1) })
            .Apply(graph.Input("x", new Shape(Shape.Batch, 1, 8, 8)), "", []);
        Assert.Equal([typeof(HeNormal), typeof(GlorotUniform), typeof(Gaussian)], graph.Parameters.Slices
            .Where(slice => slice.Role == ParameterRole.Weight).Select(slice => slice.Initializer.GetType()).ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_the_layers_name()
    {
        Assert.Equal("Conv2d \"layer1\": input has shape [B, 784], an image [B, channels, height, width] is wanted", Refusal(new Conv2d(3), 784));
        Assert.Equal("Conv2d \"layer1\": input has 3 channels and the layer 4 maps: multiples of its 2 groups are wanted",
            Refusal(new Conv2d(4) { Groups = 2 }, 3, 9, 9));
        Assert.Equal("Conv2d \"layer1\": the window spans 5 rows (size 5, dilation 1), the input has 3 and padding 0 + 0: a smaller kernel or "
            + "more padding is wanted", Refusal(new Conv2d(4) { Kernel = 5, Padding = 0 }, 1, 3, 9));
        Assert.Equal("max-pool \"layer1\": padding 2 is not less than the kernel 2", Refusal(new MaxPool(2) { Padding = 2 }, 1, 9, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(1) { Kernel = new Axes(3, 0) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(1) { Groups = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxPool(2) { Stride = 0 });

        static string Refusal(Layer layer, params int[] sample) => Assert.Throws<ShapeException>(() => Apply(layer, sample)).Message;
    }
}
