using Distributed.Engine;
using Distributed.Engine.Graphs;
using Distributed.Onnx.Wire;

namespace Distributed.Onnx.Nodes;

/// <summary>What writes the nodes of one operation: its inputs, and where nodes and constants go.</summary>
/// <param name="layer">The layer's name, which begins the names of its nodes: "conv1".</param>
internal sealed class NodeScope(GraphBuilder graph, Value value, string layer)
{
    public string Layer => layer;

    public Engine.Operations.Operation Operation => value.Operation!;

    /// <summary>The tensor of input <paramref name="i"/>.</summary>
    public string Input(int i) => graph.TensorOf(value.Inputs[i]);

    public int Inputs => value.Inputs.Count;

    public Shape InputShape(int i) => value.Inputs[i].Shape;

    public Shape OutputShape => value.Shape;

    /// <summary>The elements of input <paramref name="i"/>, a parameter that is stored in another order.</summary>
    public ReadOnlySpan<float> Weights(int i) => graph.WeightsOf(value.Inputs[i]);

    public string WeightName(int i) => value.Inputs[i].Name;

    /// <returns>The node's output.</returns>
    public string Node(string operation, IEnumerable<string> inputs, params AttributeProto[] attributes) =>
        Node(operation, inputs, 1, attributes)[0];

    /// <returns>The node's outputs.</returns>
    public IList<string> Node(string operation, IEnumerable<string> inputs, int outputs, params AttributeProto[] attributes) =>
        graph.Node(operation, $"{layer}.{operation}", inputs, outputs, attributes);

    /// <summary>Reshapes each sample; the number of samples stays.</summary>
    public string Reshape(string tensor, params ReadOnlySpan<int> sample)
    {
        var extents = new long[1 + sample.Length]; // 0: as it was
        for (var i = 0; i < sample.Length; i++) extents[i + 1] = sample[i];
        return Node("Reshape", [tensor, Integers("shape", extents)]);
    }

    public string Scalar(string what, float number) => Floats(what, [], [number]);

    public string Floats(string what, ReadOnlySpan<int> extents, ReadOnlySpan<float> values) => graph.Floats($"{layer}.{what}", extents, values);

    /// <summary>A vector.</summary>
    public string Integers(string what, params ReadOnlySpan<long> values) => graph.Integers($"{layer}.{what}", [values.Length], values);
}
