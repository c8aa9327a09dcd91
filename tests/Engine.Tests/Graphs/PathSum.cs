using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Graphs;

/// <summary>The derivative of a scalar graph by its definition: over all paths from the leaf to the root, the sum of the products
/// of the local derivatives along them.</summary>
/// <remarks>The number of paths grows exponentially where values are used again; backpropagation touches each edge once.</remarks>
internal static class PathSum
{
    /// <summary>One product for each path from <paramref name="value"/> down to <paramref name="leaf"/>.</summary>
    /// <param name="numbers">The forward value of each.</param>
    public static IEnumerable<double> Paths(Value value, Value leaf, Func<Value, double> numbers, double product = 1)
    {
        if (value == leaf) yield return product;
        for (var i = 0; i < value.Inputs.Count; i++)
        {
            var local = Local(value.Operation!, i, [.. value.Inputs.Select(numbers)]);
            foreach (var path in Paths(value.Inputs[i], leaf, numbers, product * local)) yield return path;
        }
    }

    /// <summary>∂output/∂input i of one operation on scalars x, written down here anew.</summary>
    private static double Local(Operation operation, int i, double[] x) => operation switch
    {
        Add or AddConstant or Identity => 1,
        Subtract => i == 0 ? 1 : -1,
        Negate => -1,
        Scale scale => scale.Constant,
        Multiply => x[1 - i],
        Divide => i == 0 ? 1 / x[1] : -x[0] / (x[1] * x[1]),
        Maximum => (x[0] >= x[1]) == (i == 0) ? 1 : 0,
        Minimum => (x[0] <= x[1]) == (i == 0) ? 1 : 0,
        Square => 2 * x[0],
        Relu => x[0] > 0 ? 1 : 0,
        Exp => Math.Exp(x[0]),
        Tanh => 1 - (Math.Tanh(x[0]) * Math.Tanh(x[0])),
        Sigmoid => 1 / (2 + (2 * Math.Cosh(x[0]))),
        _ => throw new ArgumentException($"no local derivative of {operation.Name} is written down"),
    };
}
