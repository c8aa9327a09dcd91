using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Kernels;

/// <summary>A convolution, ReLU and pooling by 2 as one operation give the bits of the three.</summary>
public class PooledConvolutionTests
{
    /// <summary>Channels, height, width, maps, rows and columns of the mask, padding, whether the image wants a gradient.</summary>
    public static TheoryData<string> Shapes =>
    [
        "1 28 28 16 5 5 2 0",
        "16 14 14 32 5 5 2 1",
        "3 32 32 20 3 3 1 0",
        "16 28 27 33 3 3 1 1",
        "6 14 14 16 5 5 0 1",
        "8 10 14 7 1 1 0 1",
        "5 15 15 6 7 2 3 1",
        "2 30 44 9 2 4 1 1",
        "32 13 13 40 3 3 1 1",
        "7 5 13 64 4 6 2 1",
        "1 2 14 6 1 1 0 1",
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bits_equal_those_of_three_operations(string text)
    {
        var numbers = text.Split(' ').Select(int.Parse).ToArray();
        for (var seed = 0; seed < 6; seed++) Compare(numbers, seed, bias: seed != 1);
    }

    private static void Compare(int[] sizes, int seed, bool bias)
    {
        var (channels, height, width, maps, pad) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[6]);
        var convolution = new Conv2d(new Window(sizes[4], 1, 1, pad, pad), new Window(sizes[5], 1, 1, pad, pad), bias: bias);
        var pooling = new MaxPool(new Window(2, 2), new Window(2, 2));
        Assert.True(PooledConv2d.Suits(convolution, pooling, [new Shape(channels, height, width), new Shape(maps, channels, sizes[4], sizes[5])]));

        var graph = new Graph();
        var image = graph.Input("x", new Shape(Shape.Batch, channels, height, width), needsGradient: sizes[7] == 1);
        Value[] inputs = [image, graph.Parameter("w", new Shape(maps, channels, sizes[4], sizes[5]))];
        if (bias) inputs = [.. inputs, graph.Parameter("b", new Shape(maps))];
        var map = graph.Apply(convolution, inputs);
        var pooled = graph.Apply(pooling, graph.Apply(new Relu(), map));
        var factor = graph.Input("factor", pooled.Shape);
        var root = pooled * factor;

        // Ordinary numbers; ties, zeros and negative zeros; underflow; and numbers that are not finite.
        var parameters = Bits.Mixed(graph.Parameters.Count, seed + 1, extremes: false);
        int[] offsets = seed % 2 == 0 ? [0, 2, 3, 3, 5] : [0, 4];
        var samples = offsets[^1];
        var x = Bits.Mixed(samples * image.Shape.SampleElements, seed + 2, extremes: false);
        var g = Bits.Mixed(samples * pooled.Shape.SampleElements, seed + 3, extremes: false);
        if (seed is 2 or 3)
        {
            for (var i = 0; i < x.Length; i++) x[i] = MathF.Round(x[i] / 16);
            for (var i = 0; i < parameters.Length; i++) parameters[i] = MathF.Round(parameters[i] / 16);
            for (var i = 0; i < g.Length; i += 3) g[i] = -0f;
        }
        if (seed is 3) // so small that products become 0 and −0
        {
            for (var i = 0; i < x.Length; i++) x[i] *= 1e-10f;
            for (var i = 0; i < parameters.Length; i++) parameters[i] *= 1e-10f;
            for (var i = 0; i < g.Length; i++) g[i] *= 1e-38f;
        }
        if (seed is 4) (x[7], x[^1]) = (float.NaN, float.PositiveInfinity);
        if (seed is 5) (parameters[0], parameters[^1], g[5]) = (float.NegativeInfinity, float.NaN, float.PositiveInfinity);

        var apart = Run(new Executor<float>(graph, root, samples));
        var together = Run(new Executor<float>(graph, root, samples, false, wanted: []));
        string What(string of) => $"{of} of [{string.Join(' ', sizes)}], seed {seed}";
        Bits.AssertEqual(apart.Output, together.Output, What("output"));
        Bits.AssertEqual(apart.Gradient, together.Gradient, What("gradient"));
        Bits.AssertEqual(apart.ImageGradient, together.ImageGradient, What("image gradient"));

        (float[] Output, float[] Gradient, float[] ImageGradient) Run(Executor<float> executor)
        {
            var gradient = new float[parameters.Length];
            Array.Fill(gradient, float.NaN);
            for (var twice = 0; twice < 2; twice++)
            {
                x.CopyTo(executor.Input(image, samples));
                g.CopyTo(executor.Input(factor, samples));
                executor.Forward(parameters, new Pass(offsets) { Training = true });
                executor.Backward(gradient);
            }
            return (executor.Values(root).ToArray(), gradient, sizes[7] == 1 ? executor.GradientOf(image).ToArray() : []);
        }
    }

    [Fact]
    public void Values_that_are_wanted_are_there_and_a_step_allocates_nothing()
    {
        var graph = new Graph();
        var image = graph.Input("x", new Shape(Shape.Batch, 2, 14, 14));
        var convolution = new Conv2d(new Window(3, 1, 1, 1, 1), new Window(3, 1, 1, 1, 1));
        var map = graph.Apply(convolution, image, graph.Parameter("w", new Shape(8, 2, 3, 3)), graph.Parameter("b", new Shape(8)));
        var relu = graph.Apply(new Relu(), map);
        var root = graph.Apply(new MaxPool(new Window(2, 2), new Window(2, 2)), relu);
        var parameters = Bits.Mixed(graph.Parameters.Count, 1, extremes: false);
        var gradient = new float[parameters.Length];
        foreach (var wanted in new Value[] { map, relu })
        {
            var showing = new Executor<float>(graph, root, 2, false, [wanted]);
            showing.Forward(parameters, 2);
            Assert.Equal(2 * 8 * 14 * 14, showing.Values(wanted).Length);
        }
        var executor = new Executor<float>(graph, root, 2, false, []);
        Assert.True(executor.ArenaElements < new Executor<float>(graph, root, 2).ArenaElements / 3);
        Assert.Throws<ArgumentException>(() => executor.Values(relu));
        var pass = new Pass(2);
        Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step()
        {
            executor.Forward(parameters, pass);
            executor.Backward(gradient);
        }
    }
}
