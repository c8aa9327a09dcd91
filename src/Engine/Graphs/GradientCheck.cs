using Distributed.Engine.Training;

namespace Distributed.Engine.Graphs;

/// <summary>Compares the gradients that backward gives with central differences, in double precision.</summary>
/// <param name="MaxRelativeError">The largest |a − n| / max(1, |a|, |n|), a from backward, n numeric; NaN counts as infinite.</param>
/// <param name="Place">Where it is, in words: "parameter linear1.weight[3]: backward 0.5, numeric 0.25".</param>
/// <param name="Compared">Elements compared.</param>
public sealed record GradientCheck(double MaxRelativeError, string Place, int Compared)
{
    /// <summary>Checks ∂(sum of root)/∂p for every parameter and every input that asks for a gradient.</summary>
    /// <param name="inputs">Numbers of every input that the root depends on.</param>
    /// <param name="parameters">The flat parameter vector.</param>
    /// <param name="samples">What <see cref="Shape.Batch"/> stands for, in an evaluation pass.</param>
    public static GradientCheck Run(Graph graph, Value root, IReadOnlyDictionary<Value, double[]> inputs, double[] parameters,
        int samples = 1) => Run(graph, root, inputs, parameters, new Pass(samples));

    /// <inheritdoc cref="Run(Graph, Value, IReadOnlyDictionary{Value, double[]}, double[], int)"/>
    /// <remarks>Keep away from kinks (ReLU at 0): within the step the two disagree rightly. Parameters of role
    /// <see cref="ParameterRole.Statistic"/> are left out: what backward writes for them is no derivative.</remarks>
    public static GradientCheck Run(Graph graph, Value root, IReadOnlyDictionary<Value, double[]> inputs, double[] parameters, Pass pass)
    {
        var samples = pass.Samples;
        var executor = new Executor<double>(graph, root, samples, keepGradients: true);
        var point = parameters.ToArray();

        double Root()
        {
            foreach (var (input, numbers) in inputs) numbers.CopyTo(executor.Input(input, samples));
            executor.Forward(point, pass);
            var sum = 0.0;
            foreach (var element in executor.Values(root)) sum += element;
            return sum;
        }

        Root();
        var gradient = new double[parameters.Length];
        Array.Fill(gradient, double.NaN);
        executor.Backward(gradient);
        var ofInputs = inputs.Keys.Where(input => input.NeedsGradient)
            .ToDictionary(input => input, input => executor.GradientOf(input).ToArray());

        var worst = new GradientCheck(0, "no gradient", 0);
        foreach (var slice in graph.Parameters.Slices)
        {
            if (slice.Role == ParameterRole.Statistic) continue;
            var numeric = NumericGradient.Central(Root, point.AsSpan(slice.Offset, slice.Count));
            worst = worst.With($"parameter {slice.Name}", gradient.AsSpan(slice.Offset, slice.Count), numeric);
        }
        foreach (var (input, analytic) in ofInputs)
            worst = worst.With($"input {input.Name}", analytic, NumericGradient.Central(Root, inputs[input]));
        return worst;
    }

    private GradientCheck With(string name, ReadOnlySpan<double> analytic, ReadOnlySpan<double> numeric)
    {
        var worst = this with { Compared = Compared + analytic.Length };
        for (var i = 0; i < analytic.Length; i++)
        {
            var (a, n) = (analytic[i], numeric[i]);
            var error = Math.Abs(a - n) / Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(n)));
            if (double.IsNaN(error)) error = double.PositiveInfinity;
            if (error >= worst.MaxRelativeError)
                worst = worst with { MaxRelativeError = error, Place = $"{name}[{i}]: backward {a}, numeric {n}" };
        }
        return worst;
    }
}
