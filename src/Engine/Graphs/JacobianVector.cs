namespace Distributed.Engine.Graphs;

/// <summary>Forward mode: how a value changes when the leaves move in a direction, J·v, by one forward pass of dual numbers.</summary>
/// <remarks><code>
/// (J·v)_i = Σ_leaves Σ_j ∂root_i/∂leaf_j · v_j
/// </code>
/// One pass gives one column's worth of the Jacobian, however many elements the root has: cheap for few leaves and many results.
/// </remarks>
public static class JacobianVector
{
    /// <summary>J·v of the root's elements, row-major.</summary>
    /// <param name="directions">By input or parameter: v, as many numbers as it has elements; a leaf that is not named stands still.</param>
    public static double[] Of(Value root, GraphPoint at, IReadOnlyDictionary<Value, double[]> directions)
    {
        foreach (var (leaf, direction) in directions)
        {
            if (leaf.Kind == ValueKind.Result)
                throw new ArgumentException($"{leaf} is the result of an operation: a direction is that of an input or a parameter");
            var elements = leaf.Shape.Elements(at.Pass.Samples);
            if (direction.Length != elements)
                throw new ArgumentException($"{leaf} has {elements} elements with {at.Pass.Samples} samples, "
                    + $"its direction has {direction.Length}");
        }
        var executor = at.Forward(root, (leaf, i, number) =>
            new Dual(number, directions.TryGetValue(leaf, out var direction) ? direction[i] : 0));
        var values = executor.Values(root);
        var products = new double[values.Length];
        for (var i = 0; i < products.Length; i++) products[i] = values[i].Tangent;
        return products;
    }

    /// <inheritdoc cref="Of(Value, GraphPoint, IReadOnlyDictionary{Value, double[]})"/>
    public static double[] Of(Value root, GraphPoint at, Value leaf, double[] direction) =>
        Of(root, at, new Dictionary<Value, double[]> { [leaf] = direction });
}
