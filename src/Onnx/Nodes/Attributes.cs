using Distributed.Engine.Kernels;
using Distributed.Onnx.Wire;
using Google.Protobuf;

namespace Distributed.Onnx.Nodes;

/// <summary>The settings of a node.</summary>
internal static class Attributes
{
    public static AttributeProto Number(string name, float number) => new() { Name = name, F = number, Type = AttributeProto.Types.Type.Float };

    public static AttributeProto Whole(string name, long number) => new() { Name = name, I = number, Type = AttributeProto.Types.Type.Int };

    public static AttributeProto Word(string name, string word) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(word), Type = AttributeProto.Types.Type.String };

    public static AttributeProto Wholes(string name, params ReadOnlySpan<long> numbers)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.Type.Ints };
        foreach (var number in numbers) attribute.Ints.Add(number);
        return attribute;
    }

    /// <summary>Size, strides and padding of windows over an image.</summary>
    public static AttributeProto[] Windows(Window y, Window x) =>
    [
        Wholes("kernel_shape", y.Size, x.Size),
        Wholes("strides", y.Stride, x.Stride),
        Wholes("pads", y.Before, x.Before, y.After, x.After),
    ];

    public static AttributeProto Dilations(Window y, Window x) => Wholes("dilations", y.Dilation, x.Dilation);
}
