using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Graphs;

public class JacobianTests
{
    /// <summary>f(x, y) = (x·y, x + y², e^x): rows are results, columns variables.</summary>
    [Fact]
    public void The_matrix_of_all_derivatives()
    {
        var graph = new Graph();
        var p = graph.Parameter("p", new Shape(2));
        var (x, y) = (p.Slice(0, 0, 1), p.Slice(0, 1, 2));
        var f = (x * y).Concatenate(0, x + y.Square(), x.Exp());
        var at = new GraphPoint(new Dictionary<Value, double[]>(), [2, 3]);
        Assert.Equal(new[,] { { 3, 2 }, { 1, 6 }, { Math.Exp(2), 0 } }, Jacobian.Of(f, p, at));
        Assert.Equal([3 + 20, 1 + 60, Math.Exp(2)], JacobianVector.Of(f, at, p, [1, 10]));
        Assert.Equal([3 + 10 + (100 * Math.Exp(2)), 2 + 60], VectorJacobian.Of(f, at, [1, 10, 100])[p]);
    }

    /// <summary>Rows by reverse mode, columns by forward mode and columns by central differences are one matrix.</summary>
    [Fact]
    public void Three_ways_to_a_jacobian_agree()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var graph = new Graph();
            var x = graph.Input("x", new Shape(Shape.Batch, 3), needsGradient: true);
            var w = graph.Parameter("w", new Shape(3, 2));
            var b = graph.Parameter("b", new Shape(2));
            var root = (x.MatMul(w) + b).Tanh().Softmax() * x.Sum(1).Reshape(new Shape(1)).Sigmoid();
            double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
            var at = new GraphPoint(new Dictionary<Value, double[]> { [x] = Numbers(6) }, Numbers(8), samples: 2);

            Check(x, at.Inputs[x], 0, 6);
            Check(w, at.Parameters, 0, 6);
            Check(b, at.Parameters, 6, 2);

            void Check(Value leaf, double[] numbers, int first, int count)
            {
                var jacobian = Jacobian.Of(root, leaf, at);
                Assert.Equal((4, count), (jacobian.GetLength(0), jacobian.GetLength(1)));
                for (var j = 0; j < count; j++)
                {
                    var unit = new double[count];
                    unit[j] = 1;
                    var column = JacobianVector.Of(root, at, leaf, unit);
                    for (var i = 0; i < 4; i++)
                    {
                        Assert.Equal(column[i], jacobian[i, j], 1e-15);
                        double Element() => at.Forward(root, (_, _, number) => number).Values(root)[i];
                        Assert.Equal(NumericGradient.Central(Element, numbers.AsSpan(first + j, 1))[0], jacobian[i, j], 1e-9);
                    }
                }
            }
        }
    }

    /// <summary>The full Jacobian of softmax: p_i·(1[i = j] − p_j).</summary>
    [Fact]
    public void Of_softmax()
    {
        var graph = new Graph();
        var z = graph.Input("z", new Shape(4), needsGradient: true);
        var at = new GraphPoint(new Dictionary<Value, double[]> { [z] = [1, -2, 0.5, 3] });
        var p = at.Forward(z.Softmax(), (_, _, number) => number).Values(graph.Values[^1]).ToArray();
        var jacobian = Jacobian.Of(graph.Values[^1], z, at);
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < 4; j++) Assert.Equal(p[i] * ((i == j ? 1 : 0) - p[j]), jacobian[i, j], 1e-16);
    }

    [Fact]
    public void Wrong_calls_are_refused_with_a_sentence()
    {
        var graph = new Graph();
        var (x, q, w) = (graph.Input("x", new Shape(2)), graph.Input("q", new Shape(2)), graph.Parameter("w", new Shape(2)));
        var root = x * w;
        var at = new GraphPoint(new Dictionary<Value, double[]> { [x] = [1, 2] }, [3, 4]);
        Assert.Contains("made with needsGradient", Assert.Throws<ArgumentException>(() => Jacobian.Of(root, x, at)).Message);
        Assert.Contains("is not part of", Assert.Throws<ArgumentException>(
            () => Jacobian.Of(root, graph.Parameter("v", new Shape(1)), at with { Parameters = [3, 4, 5] })).Message);
        Assert.Equal("multiply3 [2] has 2 elements with 1 samples, got 3 weights",
            Assert.Throws<ArgumentException>(() => VectorJacobian.Of(root, at with { Parameters = [3, 4, 5] }, [1, 2, 3])).Message);
        Assert.Equal("w [2] has 2 elements with 1 samples, its direction has 1",
            Assert.Throws<ArgumentException>(() => JacobianVector.Of(root, at, w, [1])).Message);
        Assert.Contains("is the result of an operation", Assert.Throws<ArgumentException>(
            () => JacobianVector.Of(root, at, root, [1, 1])).Message);
        Assert.Equal("x [2] has 2 elements with 1 samples, got 1 numbers", Assert.Throws<ArgumentException>(
            () => VectorJacobian.Of(root, new GraphPoint(new Dictionary<Value, double[]> { [x] = [1] }, [3, 4, 5]), [1, 1])).Message);
        Assert.Contains("asks for one", Assert.Throws<InvalidOperationException>(
            () => VectorJacobian.Of(x + q, new GraphPoint(new Dictionary<Value, double[]> { [x] = [1, 2], [q] = [1, 2] }, [3, 4, 5]), [1, 1]))
            .Message);
    }
}
