using Distributed.Engine.Operations;

namespace Distributed.Onnx.Nodes;

/// <summary>What makes images smaller, and what makes them larger without weights.</summary>
internal static class PoolingNodes
{
    public static string Max(NodeScope scope)
    {
        var operation = (MaxPool)scope.Operation;
        return scope.Node("MaxPool", [scope.Input(0)], Attributes.Windows(operation.Y, operation.X));
    }

    public static string Average(NodeScope scope)
    {
        var operation = (AveragePool)scope.Operation;
        return scope.Node("AveragePool", [scope.Input(0)],
            [.. Attributes.Windows(operation.Y, operation.X), Attributes.Whole("count_include_pad", operation.CountPadding ? 1 : 0)]);
    }

    public static string L2(NodeScope scope)
    {
        var operation = (L2Pool)scope.Operation;
        return scope.Node("LpPool", [scope.Input(0)], [.. Attributes.Windows(operation.Y, operation.X), Attributes.Whole("p", 2)]);
    }

    /// <summary>The maps as rows of one image [1, C, H·W], under a window that is one pixel wide.</summary>
    public static string L2OfMaps(NodeScope scope)
    {
        var maps = ((L2PoolMaps)scope.Operation).Maps;
        var sample = scope.InputShape(0).Sample;
        var pooled = scope.Node("LpPool", [scope.Reshape(scope.Input(0), 1, sample[0], sample[1] * sample[2])],
            [.. Attributes.Windows(maps, new Engine.Kernels.Window(1)), Attributes.Whole("p", 2)]);
        return scope.Reshape(pooled, scope.OutputShape.Sample.Extents);
    }

    /// <summary>The pooling once more, for the places of its largest elements; what is to be put back is added there to zeros.</summary>
    public static string Unpool(NodeScope scope)
    {
        var operation = (Unpool)scope.Operation;
        var places = scope.Node("MaxPool", [scope.Input(1)], 2, Attributes.Windows(operation.Y, operation.X))[1];
        var row = scope.Integers("row", -1);
        var shape = scope.Node("Shape", [scope.Input(1)]);
        var count = scope.Node("ReduceProd", [shape], Attributes.Whole("keepdims", 1));
        var zeros = scope.Node("ConstantOfShape", [count]);
        var put = scope.Node("ScatterElements", [zeros, scope.Node("Reshape", [places, row]), scope.Node("Reshape", [scope.Input(0), row])],
            Attributes.Whole("axis", 0), Attributes.Word("reduction", "add"));
        return scope.Node("Reshape", [put, shape]);
    }

    /// <summary>Output pixel p shows input pixel ⌊p / factor⌋.</summary>
    public static string Upsample(NodeScope scope)
    {
        var operation = (Upsample)scope.Operation;
        return scope.Node("Resize", [scope.Input(0), "", scope.Floats("scales", [4], [1, 1, operation.FactorY, operation.FactorX])],
            Attributes.Word("mode", "nearest"), Attributes.Word("coordinate_transformation_mode", "asymmetric"), Attributes.Word("nearest_mode", "floor"));
    }
}
