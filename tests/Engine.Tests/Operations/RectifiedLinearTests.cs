using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

/// <summary>A fully connected layer and ReLU as one operation give the bits of the two.</summary>
public class RectifiedLinearTests
{
    /// <summary>Rows of weights read where they lie; ten outputs; few of either; a layer whose input wants a gradient and one whose does not.</summary>
    [Theory]
    [InlineData(100, 40, true)]
    [InlineData(100, 40, false)]
    [InlineData(1024, 13, true)]
    [InlineData(70, 10, true)]
    [InlineData(3, 2, true)]
    public void Bits_equal_those_of_two_operations(int features, int outputs, bool needsGradient)
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, features), needsGradient);
        var sums = graph.Apply(new Linear(), x, graph.Parameter("w", new Shape(outputs, features)), graph.Parameter("b", new Shape(outputs)));
        var root = graph.Apply(new Relu(), sums) * graph.Input("factor", sums.Shape);
        for (var seed = 0; seed < 4; seed++)
        {
            int[] offsets = seed % 2 == 0 ? [0, 2, 3, 3, 37] : [0, 5];
            var samples = offsets[^1];
            var inputs = Bits.Mixed(samples * features, seed + 1, extremes: seed == 3);
            var parameters = Bits.Mixed(graph.Parameters.Count, seed + 2, extremes: false);
            if (seed is 2) parameters.AsSpan().Fill(-0f); // sums of −0, which ReLU makes +0
            if (seed is 1) (parameters[1], inputs[0], inputs[^1]) = (float.PositiveInfinity, float.NaN, float.NegativeInfinity);
            var factors = Bits.Mixed(samples * outputs, seed + 3, extremes: false);

            var apart = Run(new Executor<float>(graph, root, samples));
            var together = new Executor<float>(graph, root, samples, false, wanted: []);
            var actual = Run(together);
            Assert.Throws<ArgumentException>(() => together.Values(sums)); // they are never there
            Bits.AssertEqual(apart.Output, actual.Output, $"output, {features} to {outputs}, seed {seed}");
            Bits.AssertEqual(apart.Gradient, actual.Gradient, $"gradient, {features} to {outputs}, seed {seed}");
            Bits.AssertEqual(apart.OfInput, actual.OfInput, $"gradient of the input, {features} to {outputs}, seed {seed}");

            (float[] Output, float[] Gradient, float[] OfInput) Run(Executor<float> executor)
            {
                inputs.CopyTo(executor.Input(x, samples));
                factors.CopyTo(executor.Input(root.Inputs[1], samples));
                executor.Forward(parameters, new Pass(offsets));
                var gradient = new float[parameters.Length];
                executor.Backward(gradient);
                return (executor.Values(root).ToArray(), gradient, needsGradient ? executor.GradientOf(x).ToArray() : []);
            }
        }
    }

    /// <summary>Sums that somebody reads, or that go elsewhere too, are there.</summary>
    [Fact]
    public void Sums_that_are_wanted_are_computed()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 3));
        var sums = graph.Apply(new Linear(), x, graph.Parameter("w", new Shape(2, 3)), graph.Parameter("b", new Shape(2)));
        var once = graph.Apply(new Relu(), sums);
        Assert.Equal([1f, -1f], Sums(new Executor<float>(graph, once, 1, false, wanted: [sums])));
        var twice = once + sums;
        Assert.Equal([1f, -1f], Sums(new Executor<float>(graph, twice, 1, false, wanted: [])));

        float[] Sums(Executor<float> executor)
        {
            new float[3].CopyTo(executor.Input(x, 1));
            executor.Forward(new float[] { 0, 0, 0, 0, 0, 0, 1, -1 }, 1);
            return executor.Values(sums).ToArray();
        }
    }
}
