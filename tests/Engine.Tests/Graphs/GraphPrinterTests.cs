using System.Globalization;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Graphs;

public class GraphPrinterTests
{
    [Fact]
    public void As_text()
    {
        var executor = Textbook();
        executor.Backward(new double[3]);
        Assert.Equal("""
            value      computed as  shape  forward  gradient
            x          parameter    []     -2       -4
            y          parameter    []     5        -4
            z          parameter    []     -4       3
            add3       +(x, y)      []     3        -4
            multiply4  *(add3, z)   []     -12      1

            """, GraphPrinter.ToText(executor));
    }

    [Fact]
    public void As_a_drawing()
    {
        var executor = Textbook();
        executor.Backward(new double[3]);
        Assert.Equal("""
            digraph {
              rankdir=LR;
              node [shape=circle];
              v0 [label="x", shape=plaintext];
              v1 [label="y", shape=plaintext];
              v2 [label="z", shape=plaintext];
              v3 [label="+"];
              v0 -> v3 [label=<<font color="#00802b">-2</font><br/><font color="#c00000">-4</font>>];
              v1 -> v3 [label=<<font color="#00802b">5</font><br/><font color="#c00000">-4</font>>];
              v4 [label="*"];
              v3 -> v4 [label=<<font color="#00802b">3</font><br/><font color="#c00000">-4</font>>];
              v2 -> v4 [label=<<font color="#00802b">-4</font><br/><font color="#c00000">3</font>>];
              result [label="", shape=none];
              v4 -> result [label=<<font color="#00802b">-12</font><br/><font color="#c00000">1</font>>];
            }

            """, GraphPrinter.ToDot(executor));
    }

    /// <summary>The sigmoid neuron with the two decimals of the slide.</summary>
    [Fact]
    public void The_neuron_of_the_lecture()
    {
        var graph = new Graph();
        Value Number(string name) => graph.Parameter(name, Shape.Scalar);
        var (w0, x0, w1, x1, w2) = (Number("w0"), Number("x0"), Number("w1"), Number("x1"), Number("w2"));
        var executor = new Executor<double>(graph, 1 / (1 + (-((w0 * x0) + (w1 * x1) + w2)).Exp()), 1, keepGradients: true);
        executor.Forward(new double[] { 2, -1, -3, -2, -3 }, 1);
        executor.Backward(new double[5]);
        Assert.Equal("""
            value             computed as              shape  forward  gradient
            w0                parameter                []     2.00     -0.20
            x0                parameter                []     -1.00    0.39
            w1                parameter                []     -3.00    -0.39
            x1                parameter                []     -2.00    -0.59
            w2                parameter                []     -3.00    0.20
            multiply5         *(w0, x0)                []     -2.00    0.20
            multiply6         *(w1, x1)                []     6.00     0.20
            add7              +(multiply5, multiply6)  []     4.00     0.20
            add8              +(add7, w2)              []     1.00     0.20
            negate9           *-1(add8)                []     -1.00    -0.20
            exp10             exp(negate9)             []     0.37     -0.53
            add-constant11    +1(exp10)                []     1.37     -0.53
            constant-power12  1/x(add-constant11)      []     0.73     1.00

            """, GraphPrinter.ToText(executor, "F2"));
    }

    /// <summary>Of tensors the first numbers; labels take no gradient; each edge of a value used twice has its own gradient.</summary>
    [Fact]
    public void Tensors_labels_and_values_used_twice()
    {
        var graph = new Graph();
        var (x, w) = (graph.Input("x\"1\"", new Shape(Shape.Batch, 2)), graph.Parameter("w", new Shape(2, 3)));
        var scores = x.MatMul(w);
        var doubled = scores + scores.Square();
        var root = graph.Apply(new SoftmaxCrossEntropy(), doubled, graph.Input("labels", new Shape(Shape.Batch)));
        var executor = new Executor<float>(graph, root, 2, keepGradients: true);
        new float[] { 1, 2, 3, 4 }.CopyTo(executor.Input(x, 2));
        executor.Input(graph.Values[5], 2).Clear();
        executor.Forward(new float[6], 2);
        var culture = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.DoesNotContain("#c00000", GraphPrinter.ToDot(executor)); // backward has not run yet
            executor.Backward(new float[6]);
            Assert.Equal("""
                value                   computed as                          shape   forward      gradient
                x"1"                    input                                [B, 2]  1 2 3 4
                w                       parameter                            [2, 3]  0 0 0 …      -2.667 1.333 1.333 …
                matmul2                 matmul(x"1", w)                      [B, 3]  0 0 0 …      -0.6667 0.3333 0.3333 …
                square3                 ^2(matmul2)                          [B, 3]  0 0 0 …      -0.6667 0.3333 0.3333 …
                add4                    +(matmul2, square3)                  [B, 3]  0 0 0 …      -0.6667 0.3333 0.3333 …
                labels                  input                                [B]     0 0
                softmax-cross-entropy6  softmax-cross-entropy(add4, labels)  [B]     1.099 1.099  1 1

                """, GraphPrinter.ToText(executor));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
        var dot = GraphPrinter.ToDot(executor);
        Assert.Contains("v0 [label=\"x\\\"1\\\"\", shape=plaintext];", dot);
        Assert.Contains("v0 -> v2 [label=<<font color=\"#00802b\">[B, 2] 1 2 3 4</font>>];", dot);
        Assert.Contains("v2 -> v3 [label=<<font color=\"#00802b\">[B, 3] 0 0 0 …</font><br/>"
            + "<font color=\"#c00000\">[B, 3] -0 0 0 …</font>>];", dot);
        Assert.Contains("v2 -> v4 [label=<<font color=\"#00802b\">[B, 3] 0 0 0 …</font><br/>"
            + "<font color=\"#c00000\">[B, 3] -0.6667 0.3333 0.3333 …</font>>];", dot);
    }

    [Fact]
    public void An_executor_that_kept_no_gradients_is_refused()
    {
        var graph = new Graph();
        var executor = new Executor<double>(graph, graph.Parameter("x", Shape.Scalar) + 1, 1);
        executor.Forward(new double[1], 1);
        Assert.Contains("keepGradients", Assert.Throws<ArgumentException>(() => GraphPrinter.ToText(executor)).Message);
    }

    private static Executor<double> Textbook()
    {
        var graph = new Graph();
        var (x, y, z) = (graph.Parameter("x", Shape.Scalar), graph.Parameter("y", Shape.Scalar), graph.Parameter("z", Shape.Scalar));
        var executor = new Executor<double>(graph, (x + y) * z, 1, keepGradients: true);
        executor.Forward(new double[] { -2, 5, -4 }, 1);
        return executor;
    }
}
