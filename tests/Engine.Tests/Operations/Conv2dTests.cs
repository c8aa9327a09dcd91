using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class Conv2dTests
{
    private static readonly float[] Mask = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    /// <summary>The lectures' rule: the true convolution of an impulse is the mask, the cross-correlation is the mask turned by 180°.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_impulse_gives_the_mask_where_it_is_flipped(bool flip)
    {
        var image = new float[25];
        image[12] = 1; // the middle of 5 by 5
        var output = Convolve(new Window(3, Before: 1, After: 1), flip, image, Mask);
        float[] middle = [.. Enumerable.Range(1, 3).SelectMany(row => output.Skip((row * 5) + 1).Take(3))];
        Assert.Equal(flip ? Mask : [.. Mask.Reverse()], middle);
        Assert.Equal(45, output.Sum());
    }

    [Fact]
    public void A_mask_of_ones_sums_each_window()
    {
        float[] image = [.. Enumerable.Range(0, 25).Select(i => (float)i)];
        Assert.Equal([54, 63, 72, 99, 108, 117, 144, 153, 162],
            Convolve(new Window(3), false, image, [.. Mask.Select(_ => 1f)]));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var three = new Window(3);
        var (image, weight, bias) = (new Shape(Shape.Batch, 2, 5, 5), new Shape(4, 2, 3, 3), new Shape(4));
        Assert.Equal("Conv2d \"c1\": input has shape [B, 50], an image [B, channels, height, width] is wanted",
            Run.Refusal(new Conv2d(three, three, label: "c1"), new Shape(Shape.Batch, 50), weight, bias));
        Assert.Equal("Conv2d: weight has shape [4, 2, 3, 3], [maps, channels, 3, 2] is wanted",
            Run.Refusal(new Conv2d(three, new Window(2)), image, weight, bias));
        Assert.Equal("Conv2d: input [B, 2, 5, 5] has 2 channels, weight [4, 3, 3, 3] expects 3",
            Run.Refusal(new Conv2d(three, three), image, new Shape(4, 3, 3, 3), bias));
        Assert.Equal("Conv2d: 4 groups divide neither or only one of 2 channels and 4 maps",
            Run.Refusal(new Conv2d(three, three, 4), image, weight, bias));
        Assert.Equal("Conv2d: bias has shape [2], weight [4, 2, 3, 3] expects [4]",
            Run.Refusal(new Conv2d(three, three), image, weight, new Shape(2)));
        Assert.Equal("Conv2d: the window spans 7 rows (size 3, dilation 3), the input has 5 and padding 1 + 0: a smaller kernel or more "
            + "padding is wanted", Run.Refusal(new Conv2d(new Window(3, 1, 3, 1), three), image, weight, bias));
        Assert.Equal("conv2d: takes 2 inputs, got 3", Run.Refusal(new Conv2d(three, three, bias: false), image, weight, bias));
    }

    /// <summary>One map of one 5 by 5 image, unbatched, without bias.</summary>
    private static float[] Convolve(Window window, bool flip, float[] image, float[] mask)
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(1, 5, 5));
        var root = graph.Apply(new Conv2d(window, window, 1, flip, bias: false), x, graph.Parameter("w", new Shape(1, 1, 3, 3)));
        var executor = new Executor<float>(graph, root, 1);
        image.CopyTo(executor.Input(x, 1));
        executor.Forward(mask, 1);
        return executor.Values(root).ToArray();
    }
}
