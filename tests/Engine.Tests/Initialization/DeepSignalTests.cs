using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Tests.Initialization;

/// <summary>What the lectures say of first weights: through 50 layers the signal vanishes where they are too small, explodes or
/// saturates where they are too large, and keeps its strength where they suit the activation. The gradient fares alike.</summary>
public class DeepSignalTests
{
    private const int Depth = 50, Width = 256, Samples = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_too_small_let_the_signal_vanish(bool relu)
    {
        var (signal, gradient) = Through(new Gaussian(0.01f), relu ? new ReLU() : new Tanh());
        Assert.InRange(signal, 0, 1e-6);
        Assert.InRange(gradient, 0, 1e-6);
    }

    [Fact]
    public void Weights_too_large_let_the_signal_of_ReLU_explode()
    {
        var (signal, gradient) = Through(new Gaussian(0.3f), new ReLU());
        Assert.True(signal > 1e20, $"{signal}");
        Assert.True(gradient > 1e20, $"{gradient}");
    }

    /// <summary>Every unit says 1 or −1, whatever comes in.</summary>
    [Fact]
    public void Weights_too_large_drive_tanh_into_saturation()
    {
        var (signal, _) = Through(new Gaussian(1), new Tanh());
        Assert.InRange(signal, 0.95, 1);
    }

    [Fact]
    public void He_keeps_the_signal_through_ReLU()
    {
        foreach (var initializer in new Initializer[] { new HeNormal(), new HeUniform() })
        {
            var (signal, gradient) = Through(initializer, new ReLU());
            Assert.True(signal is > 1.0 / 3 and < 3, $"{initializer}: signal {signal}");
            Assert.True(gradient is > 1.0 / 3 and < 3, $"{initializer}: gradient {gradient}");
        }
    }

    /// <summary>The variance made for tanh halves with every ReLU: 2^−25 of the signal is left after 50.</summary>
    [Fact]
    public void Glorot_lets_the_signal_vanish_through_ReLU() => Assert.InRange(Through(new GlorotNormal(), new ReLU()).Signal, 0, 1e-6);

    /// <summary>tanh itself shrinks what it is given, most at first: near 0 it is the identity.</summary>
    [Fact]
    public void Glorot_keeps_the_signal_through_tanh()
    {
        foreach (var initializer in new Initializer[] { new GlorotNormal(), new GlorotUniform() })
        {
            var (signal, gradient) = Through(initializer, new Tanh());
            Assert.True(signal is > 0.08 and < 1, $"{initializer}: signal {signal}");
            Assert.True(gradient is > 0.03 and < 3, $"{initializer}: gradient {gradient}");
        }
    }

    [Fact]
    public void Orthogonal_weights_keep_the_length_exactly_through_linear_layers()
    {
        var (signal, gradient) = Through(new Orthogonal(), new LeakyReLU(1));
        Assert.Equal(1, signal, 0.02);
        Assert.Equal(1, gradient, 0.02);
    }

    /// <summary>Root mean square of the last layer's output for inputs of variance 1, and of the input's gradient for an output's
    /// gradient of variance 1.</summary>
    private static (double Signal, double Gradient) Through(Initializer initializer, Layer activation)
    {
        var graph = new Graph();
        var input = graph.Input("x", new Shape(Shape.Batch, Width), needsGradient: true);
        var network = new Sequential([.. Enumerable.Range(0, Depth).SelectMany(_ => new Layer[] { new Linear(Width, initializer), activation })]);
        var output = network.Apply(input, "", []);
        var executor = new Executor<float>(graph, output, Samples, keepGradients: true);
        var weights = graph.Parameters.InitialWeights(1);
        new Gaussian(1).Fill(executor.Input(input, Samples), new Shape(Samples, Width), 2, 0);
        executor.Forward(weights, Samples);
        new Gaussian(1).Fill(executor.RootGradient, new Shape(Samples, Width), 2, 1);
        executor.Backward(new float[weights.Length]);
        return (RootMeanSquare(executor.Values(output)), RootMeanSquare(executor.GradientOf(input)));
    }

    private static double RootMeanSquare(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return Math.Sqrt(sum / values.Length);
    }
}
