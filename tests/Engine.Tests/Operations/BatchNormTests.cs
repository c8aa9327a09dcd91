using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

public class BatchNormTests
{
    private const float Epsilon = 1e-5f;

    [Fact]
    public void Each_shard_is_brought_to_mean_0_and_variance_1_by_its_own_samples()
    {
        // One channel: shard 0 holds 1, 3; shard 1 nothing; shard 2 one sample; shard 3 holds 10, 20, 30.
        var run = new Runner<double>(new Shape(1), [0, 2, 2, 3, 6], [1, 3, 7, 10, 20, 30], [2], [5], [0.5], [4]);
        var (r, s) = (2 / Math.Sqrt(1 + (double)Epsilon), 2 * 10 / Math.Sqrt((200 / 3.0) + Epsilon));
        double[] wanted = [5 - r, 5 + r, 5, 5 - s, 5, 5 + s];
        for (var i = 0; i < 6; i++) Assert.Equal(wanted[i], run.Output[i], 1e-12);

        // Of the single value nothing is known about the variance: the running one counts for it.
        Assert.Equal((2 * 2) + 7 + (3 * 20), run.Observed.Mean[0], 1e-12);
        Assert.Equal((2 * 2) + 4 + (3 * 100), run.Observed.Variance[0], 1e-12);
    }

    [Fact]
    public void An_evaluation_pass_takes_the_running_statistics_and_observes_nothing()
    {
        var run = new Runner<double>(new Shape(2), [0, 2, 2, 3, 3], [1, 3, 7, 10, 20, 30], [2, 3], [5, 6], [0.5, 1], [4, 9], training: false);
        for (var i = 0; i < 6; i++)
        {
            var c = i % 2;
            var scale = (c + 2) / Math.Sqrt((c == 0 ? 4 : 9) + (double)Epsilon);
            Assert.Equal((new[] { 1.0, 3, 7, 10, 20, 30 }[i] - (c == 0 ? 0.5 : 1)) * scale + c + 5, run.Output[i], 1e-12);
            Assert.Equal(scale, run.Gradient[i], 1e-12);
        }
        Assert.Equal([0, 0], run.Observed.Mean);
        Assert.Equal([0, 0], run.Observed.Variance);
    }

    /// <summary>Shards of any cut that has the same leaves: the sums of two halves, added, are the whole's.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public void The_gradients_of_halves_add_up_to_those_of_the_whole_to_the_bit(int pixels)
    {
        const int samples = 13, channels = 5;
        int[] offsets = [0, 3, 4, 4, 9, 9, 11, 12, 13];
        var x = Bits.Mixed(samples * channels * pixels, 1, extremes: false);
        float[] gain = Bits.Mixed(channels, 2, false), shift = Bits.Mixed(channels, 3, false), mean = new float[channels];
        float[] variance = [1, 2, 3, 4, 5];
        var shape = pixels == 1 ? new Shape(channels) : new Shape(channels, pixels);
        var whole = new Runner<float>(shape, offsets, x, gain, shift, mean, variance);
        var width = channels * pixels;
        var left = new Runner<float>(shape, offsets[..5], x[..(9 * width)], gain, shift, mean, variance);
        var right = new Runner<float>(shape, [.. offsets[4..].Select(offset => offset - 9)], x[(9 * width)..], gain, shift, mean, variance);
        Bits.AssertEqual(whole.Output, (float[])[.. left.Output, .. right.Output], "output");
        Bits.AssertEqual(whole.Gradient, (float[])[.. left.Gradient, .. right.Gradient], "gradient of x");
        var sum = new float[whole.Parameters.Length];
        Elementwise.TreeAdd<float>(left.Parameters, right.Parameters, sum);
        Bits.AssertEqual(whole.Parameters, sum, "gradients of parameters");
    }

    /// <summary>The vector loops over the pixels of a plane against plain ones in the same order.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(67)]
    public void Planes_have_the_bits_of_plain_loops(int pixels)
    {
        const int samples = 3;
        var x = Bits.Mixed(samples * pixels, 5, extremes: false);
        var run = new Runner<float>(new Shape(1, pixels), [0, samples], x, [1.5f], [0.25f], [0], [1]);
        var (sum, squares) = (0.0, 0.0);
        for (var b = 0; b < samples; b++) sum += Reductions.SumReference(x.AsSpan(b * pixels, pixels));
        var mean = sum / (samples * pixels);
        for (var b = 0; b < samples; b++) squares += Reductions.SumOfSquaresAroundReference(x.AsSpan(b * pixels, pixels), mean);
        var scale = 1.5f * (float)(1 / Math.Sqrt((squares / (samples * pixels)) + (double)Epsilon));
        Bits.AssertEqual([.. x.Select(number => ((number - (float)mean) * scale) + 0.25f)], run.Output, "output");
    }

    [Fact]
    public void A_constant_channel_stays_finite()
    {
        var run = new Runner<float>(new Shape(1), [0, 4], [3, 3, 3, 3], [2], [1], [0], [1]);
        Assert.Equal([1, 1, 1, 1], run.Output);
        Assert.All(run.Gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var one = new Shape(3);
        Assert.Equal("BatchNorm \"bn\": input has shape [B], [B, C] or [B, C, …] is wanted",
            Operations.Run.Refusal(new BatchNorm(label: "bn"), new Shape(Shape.Batch), one, one, one, one));
        Assert.Equal("BatchNorm: running mean has shape [4], input [B, 3, 8, 8] expects [3]",
            Operations.Run.Refusal(new BatchNorm(), new Shape(Shape.Batch, 3, 8, 8), one, one, new Shape(4), one));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm(0));
    }

    /// <summary>One training pass with all gradients of the output's sum.</summary>
    private sealed class Runner<T> where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        public Runner(Shape sample, int[] offsets, T[] x, T[] gain, T[] shift, T[] mean, T[] variance, bool training = true)
        {
            var graph = new Graph();
            var input = graph.Input("x", Shape.Batched(sample), needsGradient: true);
            var one = new Shape(gain.Length);
            var output = graph.Apply(new BatchNorm(Epsilon), input, graph.Parameter("gain", one, ParameterRole.Norm),
                graph.Parameter("shift", one, ParameterRole.Norm), graph.Parameter("mean", one, ParameterRole.Statistic),
                graph.Parameter("variance", one, ParameterRole.Statistic));
            var executor = new Executor<T>(graph, output, offsets[^1], keepGradients: true);
            Assert.True(executor.ReducesInTree);
            x.CopyTo(executor.Input(input, offsets[^1]));
            executor.Forward((T[])[.. gain, .. shift, .. mean, .. variance], new Pass(offsets) { Training = training });
            Parameters = new T[4 * gain.Length];
            executor.Backward(Parameters);
            Output = executor.Values(output).ToArray();
            Gradient = executor.GradientOf(input).ToArray();
            Observed = (Parameters[(2 * gain.Length)..(3 * gain.Length)], Parameters[(3 * gain.Length)..]);
        }

        public T[] Output { get; }

        public T[] Gradient { get; }

        public T[] Parameters { get; }

        public (T[] Mean, T[] Variance) Observed { get; }
    }
}
