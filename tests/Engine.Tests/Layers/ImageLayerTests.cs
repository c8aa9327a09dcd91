using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Layers;

public class ImageLayerTests
{
    private static Value Apply(Layer layer, params int[] sample)
    {
        var graph = new Graph();
        return layer.Apply(graph.Input("x", Shape.Batched(new Shape(sample))), "layer1", []);
    }

    private static string Refusal(Layer layer, params int[] sample) => Assert.Throws<ShapeException>(() => Apply(layer, sample)).Message;

    [Fact]
    public void Output_sizes()
    {
        Shape Out(Layer layer) => Apply(layer, 4, 9, 8).Shape.Sample;
        Assert.Equal(new Shape(6, 18, 16), Out(new ConvTranspose2d(6)));
        Assert.Equal(new Shape(6, 18, 16), Out(new ConvTranspose2d(6) { Kernel = 5 }));
        Assert.Equal(new Shape(6, 27, 24), Out(new ConvTranspose2d(6) { Kernel = 1, Stride = 3 }));
        Assert.Equal(new Shape(6, 18, 15), Out(new ConvTranspose2d(6) { Kernel = 3, Padding = 1, OutputPadding = new Axes(1, 0), Groups = 2 }));
        Assert.Equal(new Shape(3, 7, 6), Out(new LocallyConnected(3)));
        Assert.Equal(new Shape(4, 4, 4), Out(new AveragePool(2)));
        Assert.Equal(new Shape(4, 5, 4), Out(new L2Pool(3) { Stride = 2, Padding = Padding.Same }));
        Assert.Equal(new Shape(2, 9, 8), Out(new L2PoolMaps(2)));
        Assert.Equal(new Shape(3, 9, 8), Out(new L2PoolMaps(2) { Stride = 1 }));
        Assert.Equal(new Shape(4, 18, 24), Out(new Upsample(new Axes(2, 3))));
        Assert.Equal(new Shape(4, 9, 8), Out(new LocalContrast(5)));
    }

    /// <summary>Each output pixel of a transposed convolution 4 by 4 at stride 2 is fed by 2 by 2 taps of each channel.</summary>
    [Fact]
    public void Fans_are_those_of_one_output()
    {
        Initializer Of(Layer layer) => Apply(layer, 4, 9, 8).Graph.Parameters.Slices[0].Initializer;
        Assert.Equal(new WithFans(new HeNormal(), new Fans(16, 96)), Of(new ConvTranspose2d(6) { Kernel = 4, Weights = new HeNormal() }));
        Assert.Equal(new WithFans(new GlorotUniform(), new Fans(36, 27)), Of(new LocallyConnected(3)));
        Assert.Equal(new Gaussian(0.1f), Of(new LocallyConnected(3) { Weights = new Gaussian(0.1f) }));

        var slice = Apply(new LocallyConnected(3) { Weights = new HeNormal() }, 4, 9, 8).Graph.Parameters;
        var weights = slice.InitialWeights(1).AsSpan(0, slice.Slices[0].Count).ToArray();
        Assert.Equal(2.0 / 36, weights.Average(weight => (double)weight * weight), 2e-3);
    }

    [Fact]
    public void Unpoolings_pair_with_poolings_like_brackets()
    {
        Assert.Equal(new Shape(2, 12, 11), Apply(new Sequential(new MaxPool(2), new MaxPool(new Axes(3, 2)), new Unpool(), new ReLU(), new Unpool()),
            2, 12, 11).Shape.Sample);
        Assert.Equal(new Shape(1, 8, 8), Apply(new Sequential(new Conv2d(1), new Sequential(new MaxPool(2), new Tanh()), new Unpool(),
            new MaxPool(4), new Unpool()), 1, 8, 8).Shape.Sample);
        Assert.Equal("unpool \"layer1unpool2\": there is no max-pool before it that it could undo",
            Refusal(new Sequential(new MaxPool(2), new Unpool(), new Unpool()), 1, 8, 8));
        Assert.Equal("unpool \"layer1unpool1\": input has shape [B, 3, 4, 4], the max-pool that it undoes gave [B, 1, 4, 4]",
            Refusal(new Sequential(new MaxPool(2), new Conv2d(3), new Unpool()), 1, 8, 8));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvTranspose2d(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocallyConnected(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalContrast(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalContrast(3) { Epsilon = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new L2PoolMaps(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Upsample(0));
        Assert.Contains("less than the stride", Refusal(new ConvTranspose2d(2) { Padding = 0, OutputPadding = 2 }, 1, 8, 8));
        Assert.Contains("less padding is wanted", Refusal(new ConvTranspose2d(2) { Padding = 9 }, 1, 8, 8));
        Assert.Contains("groups of 3 maps are wanted, input has 1", Refusal(new L2PoolMaps(3), 1, 8, 8));
    }
}
