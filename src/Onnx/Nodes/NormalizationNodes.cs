using Distributed.Engine.Operations;

namespace Distributed.Onnx.Nodes;

/// <summary>Normalizations, as in evaluation.</summary>
internal static class NormalizationNodes
{
    public static string Batch(NodeScope scope) =>
        scope.Node("BatchNormalization", [scope.Input(0), scope.Input(1), scope.Input(2), scope.Input(3), scope.Input(4)],
            Attributes.Number("epsilon", ((BatchNorm)scope.Operation).Epsilon));

    /// <summary>Over all features of a sample.</summary>
    public static string Layer(NodeScope scope) =>
        scope.Node("LayerNormalization", [scope.Input(0), scope.Input(1), scope.Input(2)],
            Attributes.Whole("axis", 1), Attributes.Number("epsilon", ((LayerNorm)scope.Operation).Epsilon));

    /// <summary>v = x − S(x), v / max(ε, √S(v²)); the weighted mean S is a product with a band matrix from either side.</summary>
    public static string LocalContrast(NodeScope scope)
    {
        var operation = (LocalContrast)scope.Operation;
        var (height, width) = (scope.InputShape(0).Sample[1], scope.InputShape(0).Sample[2]);
        var (rows, columns) = operation.Means(height, width);
        var (left, right) = (scope.Floats("rows", [height, height], rows), scope.Floats("columns", [width, width], Transposed(columns, width)));

        var v = scope.Input(0);
        if (operation.Subtractive) v = scope.Node("Sub", [v, Mean(v)]);
        if (!operation.Divisive) return v;
        var deviation = scope.Node("Sqrt", [Mean(scope.Node("Mul", [v, v]))]);
        return scope.Node("Div", [v, scope.Node("Max", [deviation, scope.Scalar("epsilon", operation.Epsilon)])]);

        string Mean(string maps)
        {
            if (operation.AcrossMaps) maps = scope.Node("ReduceMean", [maps], Attributes.Wholes("axes", 1), Attributes.Whole("keepdims", 1));
            return scope.Node("MatMul", [left, scope.Node("MatMul", [maps, right])]);
        }
    }

    private static float[] Transposed(float[] square, int side)
    {
        var transposed = new float[square.Length];
        for (var i = 0; i < square.Length; i++) transposed[(i % side * side) + (i / side)] = square[i];
        return transposed;
    }
}
