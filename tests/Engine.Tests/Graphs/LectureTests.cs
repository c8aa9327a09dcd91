using Distributed.Engine.Graphs;

namespace Distributed.Engine.Tests.Graphs;

/// <summary>The graphs that the lectures on backpropagation work out by hand.</summary>
public class LectureTests
{
    /// <summary>f = (x + y)·z at (−2, 5, −4): −12, with gradients −4, −4, 3.</summary>
    [Fact]
    public void The_first_graph()
    {
        var graph = new Scalars();
        var (x, y, z) = (graph["x", -2], graph["y", 5], graph["z", -4]);
        var q = x + y;
        var f = q * z;
        graph.Run(f);
        Assert.Equal([3, -12], graph.Values(q, f));
        Assert.Equal([-4, -4, 3, -4, 1], graph.Gradients(x, y, z, q, f));
    }

    /// <summary>The neuron 1 / (1 + e^−(w0·x0 + w1·x1 + w2)): every value and every gradient to the two decimals of the slide.</summary>
    [Fact]
    public void The_sigmoid_neuron()
    {
        var graph = new Scalars();
        var (w0, x0, w1, x1, w2) = (graph["w0", 2], graph["x0", -1], graph["w1", -3], graph["x1", -2], graph["w2", -3]);
        var (p0, p1) = (w0 * x0, w1 * x1);
        var sum = p0 + p1;
        var score = sum + w2;
        var minus = score * -1;
        var exp = minus.Exp();
        var plus = exp + 1;
        var f = 1 / plus;
        graph.Run(f);
        Assert.Equal([-2, 6, 4, 1, -1, 0.37, 1.37, 0.73], Rounded(graph.Values(p0, p1, sum, score, minus, exp, plus, f)));
        Assert.Equal([0.2, 0.2, 0.2, 0.2, -0.2, -0.53, -0.53, 1], Rounded(graph.Gradients(p0, p1, sum, score, minus, exp, plus, f)));
        Assert.Equal([-0.2, 0.39, -0.39, -0.59, 0.2], Rounded(graph.Gradients(w0, x0, w1, x1, w2)));
    }

    /// <summary>The four gates from the score on are one: the sigmoid, whose slope is σ·(1 − σ).</summary>
    [Fact]
    public void The_sigmoid_gate_does_the_same_in_one_step()
    {
        var graph = new Scalars();
        var s = graph["s", 1];
        var (gates, gate) = (1 / (1 + (-s).Exp()), s.Sigmoid());
        graph.Run(gates);
        var (value, gradient) = (graph.Values(gates)[0], graph.Gradients(s)[0]);
        graph.Run(gate);
        Assert.Equal(value, graph.Values(gate)[0], 1e-15);
        Assert.Equal(gradient, graph.Gradients(s)[0], 1e-15);
        Assert.Equal(value * (1 - value), gradient, 1e-15);
    }

    /// <summary>e = (a + b)·(b + 1) at a = 2, b = 1: b is used twice, 2 comes back along one way and 3 along the other.</summary>
    [Fact]
    public void A_value_used_twice_adds_its_gradients()
    {
        var graph = new Scalars();
        var (a, b) = (graph["a", 2], graph["b", 1]);
        var (c, d) = (a + b, b + 1);
        var e = c * d;
        graph.Run(e);
        Assert.Equal([3, 2, 6], graph.Values(c, d, e));
        Assert.Equal([2, 5], graph.Gradients(a, b));
        Assert.Equal(2, graph.Executor.GradientThrough(c, 1)[0]);
        Assert.Equal(3, graph.Executor.GradientThrough(d, 0)[0]);
    }

    /// <summary>(x·y + max(z, w))·2: add distributes, multiply switches its inputs, max routes.</summary>
    [Fact]
    public void Add_distributes_multiply_switches_max_routes()
    {
        var graph = new Scalars();
        var (x, y, z, w) = (graph["x", 3], graph["y", -4], graph["z", 2], graph["w", -1]);
        var (product, max) = (x * y, z.Max(w));
        var sum = product + max;
        var f = sum * 2;
        graph.Run(f);
        Assert.Equal([-12, 2, -10, -20], graph.Values(product, max, sum, f));
        Assert.Equal([2, 2], graph.Gradients(product, max));
        Assert.Equal([2 * -4, 2 * 3], graph.Gradients(x, y));
        Assert.Equal([2, 0], graph.Gradients(z, w));
    }

    [Fact]
    public void Relu_lets_the_gradient_through_or_stops_it()
    {
        var graph = new Scalars();
        var (on, off) = (graph["on", 3], graph["off", -3]);
        var f = (on.Relu() * 5) + (off.Relu() * 7);
        graph.Run(f);
        Assert.Equal([15], graph.Values(f));
        Assert.Equal([5, 0], graph.Gradients(on, off));
    }

    /// <summary>f = ‖W·x‖² = Σ q_i² with q = W·x: ∇W = 2q·xᵀ, ∇x = 2Wᵀ·q.</summary>
    [Fact]
    public void The_squared_length_of_a_product()
    {
        var graph = new Graph();
        var w = graph.Parameter("W", new Shape(2, 2));
        var x = graph.Input("x", new Shape(2, 1), needsGradient: true);
        var q = w.MatMul(x);
        var f = q.Square().Sum();
        var at = new GraphPoint(new Dictionary<Value, double[]> { [x] = [0.2, 0.4] }, [0.1, 0.5, -0.3, 0.8]);
        var executor = at.Forward(f, (_, _, number) => number);
        executor.Backward(new double[4]);
        Close([0.22, 0.26], executor.Values(q));
        Close([0.116], executor.Values(f));
        Close([0.44, 0.52], executor.GradientOf(q));
        Close([0.088, 0.176, 0.104, 0.208], executor.GradientOf(w));
        Close([-0.112, 0.636], executor.GradientOf(x));

        static void Close(double[] wanted, ReadOnlySpan<double> got)
        {
            Assert.Equal(wanted.Length, got.Length);
            for (var i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], got[i], 1e-15);
        }
    }

    private static double[] Rounded(double[] numbers) => [.. numbers.Select(number => Math.Round(number, 2))];

    /// <summary>A graph of scalars that are named with their numbers.</summary>
    private sealed class Scalars
    {
        private readonly Graph _graph = new();
        private readonly List<double> _numbers = [];
        private Executor<double>? _executor;

        public Value this[string name, double number]
        {
            get
            {
                _numbers.Add(number);
                return _graph.Parameter(name, Shape.Scalar);
            }
        }

        public Executor<double> Executor => _executor ?? throw new InvalidOperationException("the graph has not been run");

        public void Run(Value root)
        {
            _executor = new Executor<double>(_graph, root, 1, keepGradients: true);
            _executor.Forward(_numbers.ToArray(), 1);
            _executor.Backward(new double[_numbers.Count]);
        }

        public double[] Values(params Value[] values) => [.. values.Select(value => Executor.Values(value)[0])];

        public double[] Gradients(params Value[] values) => [.. values.Select(value => Executor.GradientOf(value)[0])];
    }
}
