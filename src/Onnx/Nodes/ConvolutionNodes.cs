using Distributed.Engine.Operations;
using Distributed.Onnx.Wire;

namespace Distributed.Onnx.Nodes;

/// <summary>Convolutions and their adjoints. Weights are stored as ours, but for those of a true convolution, which are turned by 180°.</summary>
internal static class ConvolutionNodes
{
    public static string Convolution(NodeScope scope)
    {
        var operation = (Conv2d)scope.Operation;
        return scope.Node("Conv", Inputs(scope, operation.Flip),
            [.. Attributes.Windows(operation.Y, operation.X), Attributes.Dilations(operation.Y, operation.X), Groups(operation.Groups)]);
    }

    public static string Transposed(NodeScope scope)
    {
        var operation = (ConvTranspose2d)scope.Operation;
        return scope.Node("ConvTranspose", Inputs(scope, operation.Flip),
        [
            .. Attributes.Windows(operation.Y, operation.X), Attributes.Dilations(operation.Y, operation.X), Groups(operation.Groups),
            Attributes.Wholes("output_padding", operation.ExtraY, operation.ExtraX),
        ]);
    }

    private static AttributeProto Groups(int groups) => Attributes.Whole("group", groups);

    private static IEnumerable<string> Inputs(NodeScope scope, bool flip)
    {
        var weight = flip ? scope.Floats("turned", scope.InputShape(1).Extents, Turned(scope)) : scope.Input(1);
        return scope.Inputs > 2 ? [scope.Input(0), weight, scope.Input(2)] : [scope.Input(0), weight];
    }

    private static float[] Turned(NodeScope scope)
    {
        var turned = scope.Weights(1).ToArray();
        var taps = scope.InputShape(1)[2] * scope.InputShape(1)[3];
        for (var first = 0; first < turned.Length; first += taps) Array.Reverse(turned, first, taps);
        return turned;
    }
}
