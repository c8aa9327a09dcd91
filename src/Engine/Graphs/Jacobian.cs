namespace Distributed.Engine.Graphs;

/// <summary>The matrix of all derivatives of a value's elements with respect to a leaf's elements.</summary>
/// <remarks><code>
/// J_ij = ∂root_i/∂leaf_j      [elements of root, elements of leaf], both row-major, all samples
/// </code>
/// Row by row in reverse mode: one forward pass, then a backward pass for each element of the root.
/// </remarks>
public static class Jacobian
{
    /// <param name="leaf">A parameter, or an input that asks for a gradient.</param>
    public static double[,] Of(Value root, Value leaf, GraphPoint at)
    {
        if (leaf.Kind == ValueKind.Result || !leaf.NeedsGradient)
            throw new ArgumentException($"{leaf}: the Jacobian is taken with respect to a parameter or an input made with needsGradient");
        var executor = at.Forward(root, (_, _, number) => number);
        _ = executor.Values(leaf); // refuses a leaf that the root is not computed from
        var rows = root.Shape.Elements(at.Pass.Samples);
        var jacobian = new double[rows, leaf.Shape.Elements(at.Pass.Samples)];
        var unit = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            unit[i] = 1;
            var row = VectorJacobian.Of(executor, root, at, unit)[leaf];
            for (var j = 0; j < row.Length; j++) jacobian[i, j] = row[j];
            unit[i] = 0;
        }
        return jacobian;
    }
}
