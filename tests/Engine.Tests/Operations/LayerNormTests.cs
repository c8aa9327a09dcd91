using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

public class LayerNormTests
{
    [Fact]
    public void Each_sample_is_brought_to_mean_0_and_variance_1()
    {
        var random = new Random(1);
        double[] x = [.. Enumerable.Range(0, 3 * 8).Select(_ => 5 + (2 * random.NextDouble()))];
        var output = Normalize(new Shape(2, 4), x);
        foreach (var sample in output.Chunk(8))
        {
            Assert.Equal(0, sample.Average(), 1e-12);
            Assert.Equal(1, sample.Average(y => y * y), 1e-4);
        }
    }

    [Fact]
    public void A_constant_sample_stays_finite() =>
        Assert.Equal([0, 0, 0], Normalize(new Shape(3), [7, 7, 7]));

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("LayerNorm \"ln\": shift has shape [2], input [B, 3] expects [3]",
            Run.Refusal(new LayerNorm(label: "ln"), new Shape(Shape.Batch, 3), new Shape(3), new Shape(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerNorm(-1));
    }

    /// <summary>With gains 1 and shifts 0.</summary>
    private static double[] Normalize(Shape sample, double[] x)
    {
        var samples = x.Length / sample.SampleElements;
        var graph = new Graph();
        var input = graph.Input("x", Shape.Batched(sample));
        var output = graph.Apply(new LayerNorm(), input, graph.Parameter("gain", sample), graph.Parameter("shift", sample));
        var executor = new Executor<double>(graph, output, samples);
        x.CopyTo(executor.Input(input, samples));
        double[] parameters = [.. Enumerable.Repeat(1.0, sample.SampleElements), .. new double[sample.SampleElements]];
        executor.Forward(parameters, samples);
        return executor.Values(output).ToArray();
    }
}
