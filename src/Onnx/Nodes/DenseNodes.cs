using Distributed.Engine.Operations;

namespace Distributed.Onnx.Nodes;

/// <summary>Fully and locally connected units.</summary>
internal static class DenseNodes
{
    /// <summary>y = x·Wᵀ + β, with W [out, in] as it is.</summary>
    public static string Linear(NodeScope scope) =>
        scope.Node("Gemm", [scope.Input(0), scope.Input(1), scope.Input(2)], Attributes.Whole("transB", 1));

    /// <summary>A matrix product at each position: windows [P·Q, N, C·Ky·Kx] times weights [P·Q, C·Ky·Kx, O].</summary>
    /// <remarks>Windows are gathered from the padded image by place. The weights [P, Q, O, C, Ky, Kx] are stored with their maps last.</remarks>
    public static string LocallyConnected(NodeScope scope)
    {
        var operation = (LocallyConnected)scope.Operation;
        var (y, x, sample, weight) = (operation.Y, operation.X, scope.InputShape(0).Sample, scope.InputShape(1));
        var (positions, maps, taps) = (weight[0] * weight[1], weight[2], weight[3] * weight[4] * weight[5]);
        var (height, width) = (sample[1] + y.Before + y.After, sample[2] + x.Before + x.After);

        var places = new long[positions * taps];
        var next = 0;
        for (var p = 0; p < positions; p++)
            for (var c = 0; c < sample[0]; c++)
                for (var ky = 0; ky < y.Size; ky++)
                    for (var kx = 0; kx < x.Size; kx++)
                    {
                        var (row, column) = ((p / weight[1] * y.Stride) + (ky * y.Dilation), (p % weight[1] * x.Stride) + (kx * x.Dilation));
                        places[next++] = ((((long)c * height) + row) * width) + column;
                    }

        var image = scope.Input(0);
        if ((height, width) != (sample[1], sample[2]))
            image = scope.Node("Pad", [image, scope.Integers("pads", 0, 0, y.Before, x.Before, 0, 0, y.After, x.After), scope.Scalar("padding", 0)]);
        var flat = scope.Reshape(image, sample[0] * height * width);
        var windows = scope.Reshape(scope.Node("Gather", [flat, scope.Integers("places", places)], Attributes.Whole("axis", 1)), positions, taps);
        var byPosition = scope.Node("Transpose", [windows], Attributes.Wholes("perm", 1, 0, 2));
        var products = scope.Node("MatMul", [byPosition, scope.Floats("weight", [positions, taps, maps], Transposed(scope.Weights(1), maps, taps))]);
        var bySample = scope.Node("Transpose", [products], Attributes.Wholes("perm", 1, 2, 0));
        return scope.Node("Add", [scope.Reshape(bySample, maps, weight[0], weight[1]), scope.Input(2)]);
    }

    /// <summary>Each matrix [rows, columns] as [columns, rows].</summary>
    private static float[] Transposed(ReadOnlySpan<float> matrices, int rows, int columns)
    {
        var transposed = new float[matrices.Length];
        for (var first = 0; first < matrices.Length; first += rows * columns)
            for (var row = 0; row < rows; row++)
                for (var column = 0; column < columns; column++)
                    transposed[first + (column * rows) + row] = matrices[first + (row * columns) + column];
        return transposed;
    }
}
