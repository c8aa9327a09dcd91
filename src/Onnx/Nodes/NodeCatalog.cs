using Distributed.Engine.Operations;

namespace Distributed.Onnx.Nodes;

/// <summary>How each operation is written in ONNX.</summary>
internal static class NodeCatalog
{
    private static readonly Dictionary<Type, Func<NodeScope, string>> Writers = new()
    {
        [typeof(Add)] = scope => scope.Node("Add", [scope.Input(0), scope.Input(1)]),
        [typeof(AveragePool)] = PoolingNodes.Average,
        [typeof(BatchNorm)] = NormalizationNodes.Batch,
        [typeof(Conv2d)] = ConvolutionNodes.Convolution,
        [typeof(ConvTranspose2d)] = ConvolutionNodes.Transposed,
        [typeof(Dropout)] = scope => scope.Input(0),
        [typeof(Elu)] = ActivationNodes.Elu,
        [typeof(Identity)] = scope => scope.Input(0),
        [typeof(L2Pool)] = PoolingNodes.L2,
        [typeof(L2PoolMaps)] = PoolingNodes.L2OfMaps,
        [typeof(LayerNorm)] = NormalizationNodes.Layer,
        [typeof(LeakyRelu)] = ActivationNodes.LeakyRelu,
        [typeof(Linear)] = DenseNodes.Linear,
        [typeof(LocalContrast)] = NormalizationNodes.LocalContrast,
        [typeof(LocallyConnected)] = DenseNodes.LocallyConnected,
        [typeof(MaxPool)] = PoolingNodes.Max,
        [typeof(Relu)] = scope => scope.Node("Relu", [scope.Input(0)]),
        [typeof(Reshape)] = scope => scope.Reshape(scope.Input(0), scope.OutputShape.Sample.Extents),
        [typeof(Sigmoid)] = scope => scope.Node("Sigmoid", [scope.Input(0)]),
        [typeof(Softmax)] = ActivationNodes.Softmax,
        [typeof(Step)] = ActivationNodes.Step,
        [typeof(Tanh)] = scope => scope.Node("Tanh", [scope.Input(0)]),
        [typeof(Unpool)] = PoolingNodes.Unpool,
        [typeof(Upsample)] = PoolingNodes.Upsample,
    };

    /// <returns>The tensor that holds the operation's result.</returns>
    /// <exception cref="OnnxException">The operation has no form in ONNX.</exception>
    public static string Write(NodeScope scope)
    {
        if (!scope.OutputShape.IsBatched)
            throw new OnnxException($"layer \"{scope.Layer}\" makes a tensor {scope.OutputShape} that is the same for all samples: it cannot be written as ONNX");
        return Writers.TryGetValue(scope.Operation.GetType(), out var write) ? write(scope)
            : throw new OnnxException($"layer \"{scope.Layer}\" cannot be written as ONNX: there are no nodes for its operation \"{scope.Operation.Name}\"");
    }
}
