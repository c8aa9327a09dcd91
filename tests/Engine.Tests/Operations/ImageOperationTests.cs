using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class ImageOperationTests
{
    private static readonly float[] Counting = [.. Enumerable.Range(1, 16).Select(i => (float)i)];

    [Fact]
    public void An_average_leaves_padding_out_unless_it_counts()
    {
        var window = new Window(2, 2, 1, 1, 1);
        Assert.Equal([1, 2.5f, 4, 7, 8.5f, 10, 13, 14.5f, 16],
            Run.Batched(new AveragePool(window, window), 1, (new Shape(1, 4, 4), Counting)).Output);
        Assert.Equal([0.25f, 1.25f, 1, 3.5f, 8.5f, 5, 3.25f, 7.25f, 4],
            Run.Batched(new AveragePool(window, window, countPadding: true), 1, (new Shape(1, 4, 4), Counting)).Output);
    }

    [Fact]
    public void The_length_of_a_window_of_zeros_has_no_gradient()
    {
        float[] image = [3, 0, 0, 0, 4, 0, 0, 0];
        var (output, gradients) = Run.Batched(new L2Pool(new Window(2, 2), new Window(2, 2)), 1, (new Shape(1, 2, 4), image));
        Assert.Equal([5, 0], output);
        Assert.Equal([0.6f, 0, 0, 0, 0.8f, 0, 0, 0], gradients[0]);
        Assert.Equal([5, 0, 0, 0], Run.Batched(new L2PoolMaps(new Window(2, 2)), 1, (new Shape(2, 1, 4), image)).Output);
    }

    [Fact]
    public void An_unpooling_puts_the_largest_back_where_they_were()
    {
        float[] image = [1, 9, 2, 3, 4, 5, 8, 7, 6, 2, 1, 1, 3, 0, 1, 1];
        var two = new Window(2, 2);
        var pooled = Run.Batched(new MaxPool(two, two), 1, (new Shape(1, 4, 4), image)).Output;
        var (output, gradients) = Run.Batched(new Unpool(two, two), 1, (new Shape(1, 2, 2), pooled), (new Shape(1, 4, 4), image));
        Assert.Equal([0, 9, 0, 0, 0, 0, 8, 0, 6, 0, 1, 0, 0, 0, 0, 0], output);
        Assert.Equal([1, 1, 1, 1], gradients[0]);
        Assert.All(gradients[1], gradient => Assert.Equal(0, gradient));
        Assert.Equal("unpool: input has shape [1, 4, 4], the max pooling of [1, 4, 4] gave [1, 2, 2]",
            Run.Refusal(new Unpool(two, two), new Shape(1, 4, 4), new Shape(1, 4, 4)));
    }

    [Fact]
    public void Upsampling_makes_blocks()
    {
        var (output, gradients) = Run.Batched<float>(new Upsample(2, 3), 1, (new Shape(1, 1, 2), [1, 2]));
        Assert.Equal([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2], output);
        Assert.Equal([6, 6], gradients[0]);
    }

    /// <summary>A flat image has no contrast, at its border too; a step in brightness keeps its sign and is measured in deviations.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_local_contrast_is_none_where_the_image_is_flat(bool gaussian)
    {
        float[] step = [.. Enumerable.Range(0, 2 * 7 * 20).Select(i => i % 20 < 10 ? 5f : 25f)];
        var contrast = new LocalContrast(5, gaussian);
        var output = Run.Batched(contrast, 1, (new Shape(2, 7, 20), step)).Output;
        for (var i = 0; i < output.Length; i++)
        {
            var fromStep = i % 20 < 10 ? 9 - (i % 20) : (i % 20) - 10;
            if (fromStep >= 2) Assert.InRange(output[i], fromStep >= 4 ? -1e-1f : -10, fromStep >= 4 ? 1e-1f : 10);
            else Assert.InRange(output[i] * (i % 20 < 10 ? -1 : 1), 0.4f, 3);
        }
        var brighter = Run.Batched(contrast, 1, (new Shape(2, 7, 20), step.Select(x => 3 * x).ToArray())).Output;
        for (var i = 0; i < output.Length; i++) if (Math.Abs(output[i]) > 0.5) Assert.Equal(output[i], brighter[i], 1e-3);
    }

    /// <summary>Divided by the window's deviation: with a box as large as the image and more, by the standard deviation of it all.</summary>
    [Fact]
    public void With_a_window_over_all_it_standardizes_the_image()
    {
        var output = Run.Batched(new LocalContrast(9, gaussian: false), 1, (new Shape(1, 4, 4), Counting)).Output;
        var deviation = Math.Sqrt(Counting.Average(x => (x - 8.5) * (x - 8.5)));
        for (var i = 0; i < 16; i++) Assert.Equal((Counting[i] - 8.5) / deviation, output[i], 1e-5);
    }

    /// <summary>Locally connected units with the same weights everywhere are a convolution, to the bit.</summary>
    [Fact]
    public void Locally_connected_units_with_shared_weights_are_a_convolution()
    {
        var (y, x) = (new Window(3, 2, 1, 1, 0), new Window(2, 1, 2, 0, 1));
        var (image, random) = (new Shape(2, 6, 5), new Random(3));
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
        var (rows, columns) = (y.Outputs(6), x.Outputs(5));
        var (pixels, mask, bias) = (Numbers(3 * 60), Numbers(4 * 2 * 6), Numbers(4));
        var shared = OfOneSample(new Conv2d(y, x), pixels, image, (new Shape(4, 2, 3, 2), mask), (new Shape(4), bias));
        var local = OfOneSample(new LocallyConnected(y, x), pixels, image,
            (new Shape(rows, columns, 4, 2, 3, 2), [.. Enumerable.Repeat(mask, rows * columns).SelectMany(w => w)]),
            (new Shape(4, rows, columns), [.. bias.SelectMany(b => Enumerable.Repeat(b, rows * columns))]));
        AssertBits.Equal(shared, local);
    }

    private static float[] OfOneSample(Operation operation, float[] pixels, Shape image, params (Shape Shape, float[] Numbers)[] parameters)
    {
        var graph = new Graph();
        var x = graph.Input("x", Shape.Batched(image));
        var root = graph.Apply(operation, [x, .. parameters.Select((p, i) => graph.Parameter($"p{i}", p.Shape))]);
        var executor = new Executor<float>(graph, root, 3);
        pixels.CopyTo(executor.Input(x, 3));
        executor.Forward(parameters.SelectMany(p => p.Numbers).ToArray(), 3);
        return executor.Values(root).ToArray();
    }
}
