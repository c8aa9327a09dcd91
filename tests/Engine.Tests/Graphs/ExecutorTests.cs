using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Graphs;

public class ExecutorTests
{
    [Fact]
    public void The_textbook_graph_has_the_textbook_gradients()
    {
        var graph = new Graph();
        var (x, y, z) = (graph.Parameter("x", Shape.Scalar), graph.Parameter("y", Shape.Scalar), graph.Parameter("z", Shape.Scalar));
        var f = (x + y) * z;
        var executor = new Executor<double>(graph, f, 1);
        executor.Forward(new double[] { -2, 5, -4 }, 1);
        var gradient = new double[3];
        executor.Backward(gradient);
        Assert.Equal(-12, executor.Values(f)[0]);
        Assert.Equal([-4, -4, 3], gradient);
    }

    /// <summary>Gradients of the uses of x are 1e16, −1e16 and 1: added in the order of use they give 1; with the 1 anywhere
    /// before the last, or with an edge left out, something else.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_several_uses_are_added_in_the_order_of_use(bool keepGradients)
    {
        foreach (var asParameter in new[] { true, false })
        {
            var graph = new Graph();
            var p = graph.Parameter("p", Shape.Scalar);
            var x = asParameter ? p : -p;
            var (a, b, c) = (graph.Input("a", Shape.Scalar), graph.Input("b", Shape.Scalar), graph.Input("c", Shape.Scalar));
            var first = x * a;
            var second = b * x;
            var third = x * c;
            var executor = new Executor<double>(graph, third + (first + second), 1, keepGradients);
            (executor.Input(a, 1)[0], executor.Input(b, 1)[0], executor.Input(c, 1)[0]) = (1e16, -1e16, 1);
            executor.Forward(new double[] { 3 }, 1);
            var gradient = new double[1];
            executor.Backward(gradient);
            Assert.Equal(asParameter ? 1 : -1, gradient[0]);
        }
    }

    [Fact]
    public void A_value_used_twice_by_one_operation_gets_both_gradients()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(3), needsGradient: true);
        var executor = new Executor<double>(graph, graph.Apply(new Sum(), x * x), 1);
        new double[] { 1, -2, 3 }.CopyTo(executor.Input(x, 1));
        executor.Forward(ReadOnlyMemory<double>.Empty, 1);
        executor.Backward(Memory<double>.Empty);
        Assert.Equal([2, -4, 6], executor.GradientOf(x).ToArray());
    }

    [Fact]
    public void A_parameter_the_root_does_not_depend_on_gets_zero()
    {
        var graph = new Graph();
        var before = graph.Parameter("before", new Shape(2));
        var used = graph.Parameter("used", Shape.Scalar);
        var after = graph.Parameter("after", new Shape(2));
        var root = -used;
        graph.Apply(new Sum(), before * after);
        var executor = new Executor<float>(graph, root, 1);
        executor.Forward(new float[] { 1, 2, 3, 4, 5 }, 1);
        float[] gradient = [9, 9, 9, 9, 9];
        var calls = new List<int>();
        executor.Backward(gradient, (from, _) => calls.Add(from));
        Assert.Equal([0, 0, -1, 0, 0], gradient);
        Assert.Equal([0], calls);
        Assert.Throws<ArgumentException>(() => executor.Values(before).Length);
    }

    /// <summary>Labels take no gradient, so what they were computed from gets +0, not what happened to lie in the buffer.</summary>
    [Fact]
    public void No_gradient_flows_through_labels()
    {
        var graph = new Graph();
        var label = graph.Parameter("label", Shape.Scalar);
        var z = graph.Parameter("z", new Shape(2));
        var wanted = graph.Input("wanted", Shape.Scalar, needsGradient: true);
        var root = graph.Apply(new SoftmaxCrossEntropy(), z, -(-label) + wanted);
        var executor = new Executor<double>(graph, root, 1);
        executor.Input(wanted, 1)[0] = 0;
        executor.Forward(new double[] { 1, 0, 0 }, 1);
        double[] gradient = [9, 9, 9];
        executor.Backward(gradient);
        Assert.Equal([0, 0.5, -0.5], gradient);
        Assert.Equal([0], executor.GradientOf(wanted).ToArray());
    }

    [Fact]
    public void Ready_reports_each_layer_from_the_last_to_the_first_and_what_it_reports_is_final()
    {
        var (graph, root, input) = ThreeLinears();
        var executor = new Executor<float>(graph, root, 4);
        var parameters = Ramp(graph.Parameters.Count);
        Ramp(4 * 3).CopyTo(executor.Input(input, 4));
        executor.Forward(parameters, new Pass(new[] { 0, 1, 2, 3, 4 }));
        var expected = new float[parameters.Length];
        executor.Backward(expected);

        var gradient = new float[parameters.Length];
        Array.Fill(gradient, float.NaN);
        var calls = new List<int>();
        executor.Backward(gradient, (low, _) =>
        {
            calls.Add(low);
            Assert.Equal(expected[low..], gradient[low..]);
        });
        Assert.Equal(graph.Parameters.Slices.Where(slice => slice.Role == ParameterRole.Weight).Select(slice => slice.Offset).Reverse(),
            calls);
        Assert.Equal(0, calls[^1]);
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public void A_parameter_of_several_uses_is_ready_only_after_its_first_use()
    {
        var graph = new Graph();
        var (a, b) = (graph.Parameter("a", Shape.Scalar), graph.Parameter("b", Shape.Scalar));
        var x = b * a;
        var y = x * x;
        var executor = new Executor<double>(graph, y + b, 1);
        executor.Forward(new double[] { 2, 3 }, 1);
        var gradient = new double[2];
        var calls = new List<(int, double)>();
        executor.Backward(gradient, (low, _) => calls.Add((low, gradient[1])));
        Assert.Equal([36, 25], gradient);
        Assert.Equal([(0, 25.0)], calls);
    }

    [Fact]
    public void Forward_and_backward_allocate_nothing()
    {
        var (graph, root, input) = ThreeLinears();
        var executor = new Executor<float>(graph, root, 8);
        ReadOnlyMemory<float> parameters = Ramp(graph.Parameters.Count);
        Memory<float> gradient = new float[parameters.Length];
        var low = int.MaxValue;
        GradientReady ready = (from, _) => low = from;
        int[] offsets = [0, 2, 4, 6, 8];
        void Pass()
        {
            executor.Input(input, 8).Fill(0.5f);
            executor.Forward(parameters, new Pass(offsets));
            executor.Backward(gradient, ready);
        }
        for (var i = 0; i < 3; i++) Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, low);
    }

    [Fact]
    public void Reused_buffers_give_the_bits_of_separate_ones_with_less_memory()
    {
        var (graph, root, input) = ThreeLinears();
        var gradients = new float[2][];
        var elements = new int[2];
        for (var keep = 0; keep < 2; keep++)
        {
            var executor = new Executor<float>(graph, root, 6, keepGradients: keep == 1);
            Ramp(3 * 5).CopyTo(executor.Input(input, 5));
            executor.Forward(Ramp(graph.Parameters.Count), 5);
            gradients[keep] = new float[graph.Parameters.Count];
            executor.Backward(gradients[keep]);
            elements[keep] = executor.ArenaElements;
        }
        Assert.Equal(gradients[1], gradients[0]);
        Assert.All(gradients[0], element => Assert.True(float.IsFinite(element)));
        Assert.True(elements[0] < elements[1], $"{elements[0]} elements reused, {elements[1]} separate");
    }

    /// <summary>Seeded graphs in which values are used many times: what a buffer is used for again must be done with.</summary>
    [Fact]
    public void Reused_buffers_give_the_bits_of_separate_ones_in_any_graph()
    {
        var saved = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var graph = new Graph();
            for (var i = 0; i < 4; i++) graph.Parameter($"p{i}", i == 0 ? Shape.Scalar : new Shape(8 * random.Next(1, 3)));
            for (var i = 0; i < 15; i++)
            {
                var left = graph.Values[random.Next(graph.Values.Count)];
                var alike = graph.Values.Where(value => value.Shape == left.Shape || value.Shape == Shape.Scalar).ToArray();
                var right = alike[random.Next(alike.Length)];
                _ = random.Next(5) switch
                {
                    0 => left + right,
                    1 => left * right,
                    2 => right - left,
                    3 => graph.Apply(new Tanh(), left),
                    _ => graph.Apply(new Sum(), left),
                };
            }
            var root = graph.Values[^1];
            float[] parameters = [.. Enumerable.Range(0, graph.Parameters.Count).Select(_ => random.NextSingle() - 0.5f)];
            var (reused, separate) = (new float[parameters.Length], new float[parameters.Length]);
            saved += Run(false, reused) < Run(true, separate) ? 1 : 0;
            Bits.AssertEqual(separate, reused, $"seed {seed}");

            int Run(bool keep, float[] gradient)
            {
                var executor = new Executor<float>(graph, root, 1, keep);
                executor.Forward(parameters, 1);
                executor.Backward(gradient);
                return executor.ArenaElements;
            }
        }
        Assert.True(saved > 50, $"buffers were used again in {saved} graphs of 200");
    }

    [Fact]
    public unsafe void Buffers_begin_at_64_bytes()
    {
        for (var samples = 1; samples < 20; samples++)
        {
            var (graph, root, input) = ThreeLinears();
            var executor = new Executor<float>(graph, root, samples);
            executor.Forward(new float[graph.Parameters.Count], samples);
            foreach (var value in graph.Values.Where(value => value.Kind != ValueKind.Parameter))
                fixed (float* start = executor.Values(value)) Assert.Equal(0u, (nuint)start % 64);
        }
    }

    [Fact]
    public void Gradients_of_values_between_are_there_only_when_kept()
    {
        var graph = new Graph();
        var p = graph.Parameter("p", Shape.Scalar);
        var between = -p;
        var root = -between;
        foreach (var keep in new[] { true, false })
        {
            var executor = new Executor<double>(graph, root, 1, keep);
            executor.Forward(new double[] { 1 }, 1);
            executor.Backward(new double[1]);
            Assert.Equal(1, executor.GradientOf(root)[0]);
            if (keep)
            {
                Assert.Equal(-1, executor.GradientOf(between)[0]);
                continue;
            }
            var error = Assert.Throws<InvalidOperationException>(() => executor.GradientOf(between)[0]);
            Assert.Contains("keepGradients", error.Message);
        }
    }

    [Fact]
    public void It_reduces_in_the_tree_only_where_every_parameter_is_used_once_by_an_operation_that_does()
    {
        Assert.True(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x, w)));
        Assert.False(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x, w) + x.Graph.Apply(new MatMul(), x, w)));
        Assert.True(Reduces((x, w, s) => x.Graph.Apply(new MatMul(), x * s, w)));
        Assert.False(Reduces((x, w, s) => x.Graph.Apply(new MatMul(), x * -s, w)));
        Assert.False(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x, -w)));
        Assert.False(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x, w) * x.Graph.Apply(new Sum(), w)));

        Assert.False(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x * x.Graph.Input("i", Shape.Scalar, needsGradient: true), w)));
        Assert.True(Reduces((x, w, _) => x.Graph.Apply(new MatMul(), x * x.Graph.Input("i", Shape.Scalar), w)));

        static bool Reduces(Func<Value, Value, Value, Value> make)
        {
            var graph = new Graph();
            var x = graph.Input("x", new Shape(Shape.Batch, 2));
            var root = make(x, graph.Parameter("w", new Shape(2, 2)), graph.Parameter("s", Shape.Scalar));
            return new Executor<float>(graph, root, 4).ReducesInTree;
        }
    }

    [Fact]
    public void Wrong_calls_are_refused_with_a_sentence()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 2));
        var s = graph.Parameter("s", Shape.Scalar);
        var root = x * -s;
        var executor = new Executor<float>(graph, root, 4);
        var one = new float[1];
        Assert.Contains("before forward", Assert.Throws<InvalidOperationException>(
            () => executor.Backward(one)).Message);
        Assert.Contains("1 to 4 samples", Assert.Throws<ArgumentOutOfRangeException>(() => executor.Input(x, 5).Length).Message);
        Assert.Contains("not an input", Assert.Throws<ArgumentException>(() => executor.Input(s, 1).Length).Message);
        Assert.Contains("1 parameters, got 2", Assert.Throws<ArgumentException>(() => executor.Forward(new float[2], 1)).Message);
        Assert.Contains("shard by shard", Assert.Throws<ArgumentException>(
            () => executor.Forward(one, new Pass(new[] { 0, 1, 3 }))).Message);
        Assert.Contains("the numbers of 2", Assert.Throws<ArgumentException>(
            () => executor.Forward(one, new Pass(3) { SampleIds = new[] { 4, 5 } })).Message);
        executor.Forward(one, 3);
        Assert.Contains("gradient has 2 elements", Assert.Throws<ArgumentException>(
            () => executor.Backward(new float[2])).Message);
        Assert.Contains("not the result", Assert.Throws<ArgumentException>(() => new Executor<float>(graph, x, 1)).Message);
        Assert.Contains("another graph", Assert.Throws<ArgumentException>(() => new Executor<float>(new Graph(), root, 1)).Message);
    }

    private static (Graph Graph, Value Root, Value Input) ThreeLinears()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 3));
        var value = x;
        for (var layer = 0; layer < 3; layer++)
        {
            var (inputs, outputs) = (value.Shape[1], layer + 4);
            var weight = graph.Parameter($"w{layer}", new Shape(outputs, inputs));
            var bias = graph.Parameter($"b{layer}", new Shape(outputs), ParameterRole.Bias);
            value = graph.Apply(new Tanh(), graph.Apply(new Linear(), value, weight, bias));
        }
        return (graph, value, x);
    }

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i + 1))];
}
