using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Sum = Distributed.Engine.Operations.Sum;

namespace Distributed.Engine.Tests.Layers;

public class ReachTests
{
    /// <summary>The lectures' rule: a unit that pools P by P units of a convolution with K by K masks sees (P + K − 1) by (P + K − 1).</summary>
    [Fact]
    public void A_pooled_unit_sees_P_plus_K_minus_1()
    {
        for (var k = 1; k <= 9; k++)
            for (var p = 1; p <= 5; p++)
                Assert.Equal($"{p + k - 1} x {p + k - 1}", new Sequential(new Conv2d(4) { Kernel = k }, new ReLU(), new MaxPool(p)).Reach.ToString());
    }

    [Fact]
    public void It_grows_from_layer_to_layer_by_the_strides_before()
    {
        Layer[] layers =
        [
            new Conv2d(16) { Kernel = 5 }, new ReLU(), new MaxPool(2), new Conv2d(32) { Kernel = new Axes(5, 3), Dilation = 2 },
            new AveragePool(3) { Stride = 2 }, new Upsample(2), new Conv2d(1) { Kernel = 2 }, new Flatten(), new Linear(10),
        ];
        var reaches = Reach.Through(layers).ToArray();
        Assert.Equal(["5 x 5", "5 x 5", "6 x 6", "22 x 14", "26 x 18", "26 x 18", "28 x 20", "28 x 20", "all"],
            reaches.Select(reach => reach.ToString()));
        Assert.Equal(["1", "1", "2", "2", "4", "2", "2"], reaches.Take(7).Select(reach => reach.Y.Jump.ToString()));
    }

    [Fact]
    public void An_unpooling_takes_back_the_jump_of_its_pooling()
    {
        var reaches = Reach.Through([new MaxPool(2), new MaxPool(3), new Unpool(), new Unpool(), new Conv2d(1)]).ToArray();
        Assert.Equal(["2", "6", "2", "1", "1"], reaches.Select(reach => reach.X.Jump.ToString()));
        Assert.Equal("1/2", new ConvTranspose2d(1).Reach.X.Jump.ToString());
        Assert.Equal("2 x 2", new ConvTranspose2d(1) { Kernel = 4 }.Reach.ToString());
        Assert.Equal("17 x 17", new LocalContrast(9).Reach.ToString());
        Assert.Equal("5 x 7", new Conv2d(1) { Kernel = 5 }.Reach.Or(new Conv2d(1) { Kernel = new Axes(3, 7) }.Reach).ToString());
    }

    /// <summary>The field of a unit is where the image has a gradient: nowhere further, and at its ends.</summary>
    [Fact]
    public void The_gradient_of_one_unit_lies_in_its_field()
    {
        var network = new Sequential(new Conv2d(2) { Kernel = new Axes(5, 3), Padding = 0 }, new AveragePool(2),
            new Conv2d(1) { Kernel = 3, Padding = 0 }, new LocallyConnected(1) { Kernel = 2 });
        var graph = new Graph();
        var image = graph.Input("image", new Shape(1, 40, 40), needsGradient: true);
        var maps = network.Apply(image, "", []);
        var mask = graph.Input("mask", maps.Shape);
        var executor = new Executor<double>(graph, graph.Apply(new Sum(), maps * mask), 1);
        var random = new Random(1);
        foreach (ref var pixel in executor.Input(image, 1)) pixel = random.NextDouble();
        var units = executor.Input(mask, 1);
        var width = maps.Shape[2];
        units.Clear();
        units[(3 * width) + 4] = 1;
        executor.Forward(Enumerable.Range(0, graph.Parameters.Count).Select(_ => random.NextDouble()).ToArray(), 1);
        executor.Backward(new double[graph.Parameters.Count]);
        var gradient = executor.GradientOf(image).ToArray();
        var touched = Enumerable.Range(0, 1600).Where(i => gradient[i] != 0).ToArray();
        var (rows, columns) = (touched.Select(i => i / 40).ToArray(), touched.Select(i => i % 40).ToArray());
        Assert.Equal($"{rows.Max() - rows.Min() + 1} x {columns.Max() - columns.Min() + 1}", network.Reach.ToString());
        Assert.Equal((3 * network.Reach.Y.Jump.Numerator, 4 * network.Reach.X.Jump.Numerator), (rows.Min(), columns.Min()));
    }
}
