using Distributed.Engine;
using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.WidthProbe;

/// <summary>Convolutions and their gradients around the edges of the tiles: strides, dilations, groups and shards among them.</summary>
internal static class ConvolutionProbe
{
    public static void Run()
    {
        using (var record = new Record("convolution"))
        {
            var inputs = new Inputs(8);
            Pass(record, inputs, new Conv2d(new Window(5, 1, 1, 2, 2), new Window(5, 1, 1, 2, 2)), new Shape(1, 28, 28), new Shape(16, 1, 5, 5), 16);
            Pass(record, inputs, new Conv2d(new Window(3, 2, 1, 1, 1), new Window(3, 2, 2, 1, 1)), new Shape(13, 9, 11), new Shape(25, 13, 3, 3), 25);
            Pass(record, inputs, new Conv2d(new Window(3, 1, 2), new Window(2, 3), 3, flip: true), new Shape(6, 8, 40), new Shape(9, 2, 3, 2), 9);
            Pass(record, inputs, new Conv2d(new Window(1), new Window(1)), new Shape(33, 3, 5), new Shape(12, 33, 1, 1), 12);
        }
        using (var record = new Record("transposed-convolution"))
        {
            var inputs = new Inputs(9);
            Pass(record, inputs, new ConvTranspose2d(new Window(4, 2, 1, 1, 1), new Window(3, 3), 0, 2), new Shape(7, 5, 6), new Shape(7, 13, 4, 3), 13);
        }
    }

    /// <summary>Forward and backward of three samples in two shards.</summary>
    private static void Pass(Record record, Inputs inputs, Operation operation, Shape image, Shape weight, int maps)
    {
        var graph = new Graph();
        var x = graph.Input("x", Shape.Batched(image), needsGradient: true);
        var y = graph.Apply(operation, x, graph.Parameter("w", weight), graph.Parameter("b", new Shape(maps)));
        var executor = new Executor<float>(graph, y * y, 3, keepGradients: true);
        var pass = new Pass(new[] { 0, 1, 3 });
        inputs.Take(3 * image.SampleElements).CopyTo(executor.Input(x, 3));
        executor.Forward(inputs.Take(graph.Parameters.Count), pass);
        var gradient = new float[graph.Parameters.Count];
        executor.Backward(gradient);
        record.Add(executor.Values(y));
        record.Add(gradient);
        record.Add(executor.GradientOf(x));
    }
}
