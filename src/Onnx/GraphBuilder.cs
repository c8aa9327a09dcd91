using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Onnx.Nodes;
using Distributed.Onnx.Wire;
using Google.Protobuf;

namespace Distributed.Onnx;

/// <summary>Makes an ONNX graph value by value, and keeps which tensor stands for which value.</summary>
internal sealed class GraphBuilder(string name, ParameterLayout parameters, ReadOnlyMemory<float> weights)
{
    private readonly Dictionary<Value, string> _tensors = [];
    private readonly HashSet<string> _names = [OnnxFile.Input, OnnxFile.Output];

    public GraphProto Graph { get; } = new() { Name = name };

    /// <param name="scaler">What is done with the input first.</param>
    public void AddInput(Value value, string tensor, ValueInfoProto info, Scaler scaler)
    {
        Graph.Input.Add(info);
        _tensors.Add(value, scaler.Scaling switch
        {
            Scaling.None => tensor,
            Scaling.Unit => Scaled("Div", tensor, "divisor", [], [255]),
            Scaling.Standardize => Scaled("Div", Scaled("Sub", tensor, "mean", [], scaler.Means.AsSpan()), "std", [], scaler.Deviations.AsSpan()),
            _ => Scaled("Div", Scaled("Sub", tensor, "mean", value.Shape.Sample.Extents, scaler.Means.AsSpan()), "std", value.Shape.Sample.Extents,
                scaler.Deviations.AsSpan()),
        });
    }

    /// <summary>Adds the nodes of a value whose inputs are there.</summary>
    /// <param name="layer">What made it; null: no layer did.</param>
    /// <exception cref="OnnxException">There are none in ONNX for its operation.</exception>
    public void Add(Value value, LayerSpan? layer) =>
        _tensors.Add(value, NodeCatalog.Write(new NodeScope(this, value, layer?.Name ?? value.Name)));

    /// <summary>Gives the tensor of a value the graph's output's name.</summary>
    public void SetOutput(Value value, string tensor, ValueInfoProto info)
    {
        var from = TensorOf(value);
        // Where the last layers do nothing in evaluation, others may take the tensor too, or it is the input.
        var readers = Graph.Node.Any(node => node.Input.Contains(from));
        if (!readers && Graph.Node.FirstOrDefault(node => node.Output.Contains(from)) is { } writer) writer.Output[writer.Output.IndexOf(from)] = tensor;
        else Graph.Node.Add(new NodeProto { Name = tensor, OpType = "Identity", Input = { from }, Output = { tensor } });
        Graph.Output.Add(info);
    }

    /// <summary>The tensor of a value; of a parameter: an initializer under its name, added when it is first asked for.</summary>
    public string TensorOf(Value value)
    {
        if (_tensors.TryGetValue(value, out var tensor)) return tensor;
        if (value.Kind != ValueKind.Parameter) throw new OnnxException($"{value} is neither the model's input nor a parameter: it cannot be written as ONNX");
        return _tensors[value] = Floats(value.Name, value.Shape.Extents, WeightsOf(value));
    }

    /// <summary>The elements of a parameter.</summary>
    public ReadOnlySpan<float> WeightsOf(Value value)
    {
        var slice = parameters[value.Name];
        return weights.Span.Slice(slice.Offset, slice.Count);
    }

    public IList<string> Node(string operation, string label, IEnumerable<string> inputs, int outputs, IEnumerable<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = Unique(label), OpType = operation };
        node.Input.AddRange(inputs);
        for (var i = 0; i < outputs; i++) node.Output.Add(i == 0 ? node.Name : Unique($"{label}.{i}"));
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return node.Output;
    }

    public string Floats(string label, ReadOnlySpan<int> extents, ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(bytes);
        else
            for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Initializer(label, TensorProto.Types.ElementType.Float, extents, bytes);
    }

    public string Integers(string label, ReadOnlySpan<int> extents, ReadOnlySpan<long> values)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        return Initializer(label, TensorProto.Types.ElementType.Int64, extents, bytes);
    }

    private string Scaled(string operation, string tensor, string what, ReadOnlySpan<int> extents, ReadOnlySpan<float> numbers) =>
        Node(operation, $"scaling.{operation}", [tensor, Floats($"scaling.{what}", extents, numbers)], 1, [])[0];

    private string Initializer(string label, TensorProto.Types.ElementType type, ReadOnlySpan<int> extents, byte[] bytes)
    {
        // The array is ours alone and is written no more.
        var tensor = new TensorProto { Name = Unique(label), DataType = type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        foreach (var extent in extents) tensor.Dims.Add(extent);
        Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private string Unique(string label)
    {
        var unique = label;
        for (var number = 2; !_names.Add(unique); number++) unique = $"{label}.{number}";
        return unique;
    }
}
