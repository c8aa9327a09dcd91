namespace Distributed.Engine.Graphs;

/// <summary>Reverse mode: the gradient of a weighted sum of the root's elements, u·J, by one backward pass.</summary>
/// <remarks><code>
/// (u·J)_j = Σ_i u_i · ∂root_i/∂leaf_j
/// </code>
/// One pass gives the products with respect to all leaves, however many there are: cheap for many leaves and few results, which is
/// why networks are trained with it.
/// </remarks>
public static class VectorJacobian
{
    /// <summary>u·J by leaf: every parameter and every input that asks for a gradient.</summary>
    /// <param name="weights">u, as many numbers as the root has elements.</param>
    public static IReadOnlyDictionary<Value, double[]> Of(Value root, GraphPoint at, ReadOnlySpan<double> weights)
    {
        var executor = at.Forward(root, (_, _, number) => number);
        return Of(executor, root, at, weights);
    }

    /// <summary>The same after a forward pass that has been run.</summary>
    internal static Dictionary<Value, double[]> Of(Executor<double> executor, Value root, GraphPoint at, ReadOnlySpan<double> weights)
    {
        if (weights.Length != executor.RootGradient.Length)
            throw new ArgumentException($"{root} has {executor.RootGradient.Length} elements with {at.Pass.Samples} samples, "
                + $"got {weights.Length} weights");
        weights.CopyTo(executor.RootGradient);
        executor.Backward(new double[at.Parameters.Length]);
        return executor.Leaves.Where(leaf => leaf.NeedsGradient)
            .ToDictionary(leaf => leaf, leaf => executor.GradientOf(leaf).ToArray());
    }
}
