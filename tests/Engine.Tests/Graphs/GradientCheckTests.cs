using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Graphs;

public class GradientCheckTests
{
    [Fact]
    public void Numeric_gradients_approach_the_derivative()
    {
        double[] x = [0.5, -2, 3];
        double[] wanted = [Math.Cos(0.5), 12, 6];
        double F() => Math.Sin(x[0]) + (x[1] * x[1] * x[1]) + (x[2] * x[2]);
        var (oneSided, central) = (NumericGradient.OneSided(F, x), NumericGradient.Central(F, x));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(wanted[i], oneSided[i], 1e-6 * Math.Abs(wanted[i]));
            Assert.Equal(wanted[i], central[i], 1e-8 * Math.Abs(wanted[i]));
        }
        Assert.Equal([0.5, -2, 3], x);
    }

    /// <summary>At a kink the two differ: one side gives the slope there, both sides the mean.</summary>
    [Fact]
    public void At_a_kink_one_sided_and_central_differ()
    {
        double[] x = [0];
        Assert.Equal(1, NumericGradient.OneSided(() => Math.Max(0, x[0]), x)[0]);
        Assert.Equal(0.5, NumericGradient.Central(() => Math.Max(0, x[0]), x)[0]);
    }

    [Theory]
    [InlineData(Fault.Factor, "backward 6, numeric 3")]
    [InlineData(Fault.LeftOut, "backward NaN")]
    public void A_wrong_backward_is_found_and_its_place_named(Fault fault, string sentence)
    {
        var graph = new Graph();
        var p = graph.Parameter("p", new Shape(3));
        var root = graph.Apply(new Wrong(fault), p);
        var check = GradientCheck.Run(graph, root, new Dictionary<Value, double[]>(), [1, 2, 3]);
        Assert.True(check.MaxRelativeError > 0.4);
        Assert.StartsWith("parameter p[1]: ", check.Place, StringComparison.Ordinal);
        Assert.Contains(sentence, check.Place);
        Assert.Equal(3, check.Compared);
        Assert.True(GradientCheck.Run(graph, graph.Apply(new Wrong(Fault.None), p), new Dictionary<Value, double[]>(), [1, 2, 3])
            .MaxRelativeError < 1e-8);
    }

    public enum Fault
    {
        None,
        Factor,
        LeftOut,
    }

    /// <summary>y = 3·x, with a fault in element 1 of backward.</summary>
    private sealed class Wrong(Fault fault) : Operation
    {
        public override string Name => "wrong";

        public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        public override void Forward<T>(in ForwardContext<T> context)
        {
            for (var i = 0; i < context.Output.Length; i++) context.Output[i] = T.CreateChecked(3) * context.Input(0)[i];
        }

        public override void Backward<T>(in BackwardContext<T> context)
        {
            for (var i = 0; i < context.Output.Length; i++)
            {
                if (i == 1 && fault == Fault.LeftOut) continue;
                context.InputGradient(0)[i] = T.CreateChecked(i == 1 && fault == Fault.Factor ? 6 : 3) * context.OutputGradient[i];
            }
        }
    }
}
