using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>What operations do where they have no derivative, at the ends of the range, and with NaN: by their documentation.</summary>
public class KinkTests
{
    private static readonly double[] Points = [-2, 0, 3, double.NaN];

    [Fact]
    public void Relu()
    {
        var (output, gradients) = Run.Batched(new Relu(), 4, (Shape.Scalar, Points));
        Assert.Equal([0, 0, 3, double.NaN], output);
        Assert.Equal([0, 0, 1], gradients[0][..3]);
    }

    [Fact]
    public void LeakyRelu()
    {
        var (output, gradients) = Run.Batched(new LeakyRelu(0.5f), 4, (Shape.Scalar, Points));
        Assert.Equal([-1, 0, 3, double.NaN], output);
        Assert.Equal([0.5, 0.5, 1], gradients[0][..3]);
    }

    [Fact]
    public void A_tie_of_maximum_goes_to_the_first()
    {
        var (output, gradients) = Run.Batched(new Maximum(), 4, (Shape.Scalar, [1.0, 2, 2, double.NaN]), (Shape.Scalar, [2.0, 2, 1, 0]));
        Assert.Equal([2, 2, 2, double.NaN], output);
        Assert.Equal([0, 1, 1], gradients[0][..3]);
        Assert.Equal([1, 0, 0], gradients[1][..3]);
    }

    [Fact]
    public void Log_of_zero_and_below()
    {
        var (output, _) = Run.Batched(new Log(), 2, (Shape.Scalar, [0f, -1f]));
        Assert.Equal([float.NegativeInfinity, float.NaN], output);
    }

    [Fact]
    public void A_tie_of_minimum_goes_to_the_first()
    {
        var (output, gradients) = Run.Batched(new Minimum(), 4, (Shape.Scalar, [1.0, 2, 2, double.NaN]), (Shape.Scalar, [2.0, 2, 1, 0]));
        Assert.Equal([1, 2, 1, double.NaN], output);
        Assert.Equal([1, 1, 0], gradients[0][..3]);
        Assert.Equal([0, 0, 1], gradients[1][..3]);
    }

    [Fact]
    public void Elu()
    {
        var (output, gradients) = Run.Batched(new Elu(0.5f), 4, (Shape.Scalar, [float.NegativeInfinity, 0f, 3f, float.NaN]));
        Assert.Equal([-0.5f, 0, 3, float.NaN], output);
        Assert.Equal([0, 0.5f, 1], gradients[0][..3]);
    }

    [Fact]
    public void Sqrt_of_zero_and_below()
    {
        var (output, gradients) = Run.Batched(new Sqrt(), 3, (Shape.Scalar, [0.0, 4, -1]));
        Assert.Equal([0, 2, double.NaN], output);
        Assert.Equal([double.PositiveInfinity, 0.25], gradients[0][..2]);
    }

    [Fact]
    public void Step_in_a_forward_pass()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(4));
        var root = x.Step();
        var executor = new Executor<double>(graph, root, 1);
        Points.CopyTo(executor.Input(x, 1));
        executor.Forward(ReadOnlyMemory<double>.Empty, 1);
        Assert.Equal([0, 1, 1, double.NaN], executor.Values(root).ToArray());
    }

    /// <summary>The refusal comes before anything is computed, and only where the gradient would go through the step.</summary>
    [Fact]
    public void Asking_for_the_gradient_of_step_is_refused()
    {
        var graph = new Graph();
        var (x, w) = (graph.Input("x", Shape.Scalar), graph.Parameter("w", Shape.Scalar));
        var executor = new Executor<double>(graph, (x * w).Step().Tanh(), 1);
        executor.Forward(new double[] { 1 }, 1);
        double[] gradient = [7];
        var error = Assert.Throws<InvalidOperationException>(() => executor.Backward(gradient));
        Assert.Equal("step3: a gradient was asked for through an operation that has none: step has slope 0 wherever it has one; "
            + "use it in forward passes only, and train with sigmoid or relu", error.Message);
        Assert.Equal(7, gradient[0]);

        var past = new Executor<double>(graph, x.Step() * w, 1);
        past.Input(x, 1)[0] = 3;
        past.Forward(new double[] { 2 }, 1);
        past.Backward(gradient);
        Assert.Equal(1, gradient[0]);
    }
}
