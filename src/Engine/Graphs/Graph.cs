using Distributed.Engine.Layers;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Graphs;

/// <summary>A computational graph: values and the operations between them, in an order in which each stands after its inputs.</summary>
/// <remarks>
/// Building a graph checks every shape and computes nothing. An <see cref="Executor{T}"/> runs it forward and backward. A scalar
/// is a tensor of rank 0, so f = (x + y)·z and a network are the same machinery.
/// </remarks>
public sealed class Graph
{
    private readonly List<Value> _values = [];
    private readonly List<ParameterSlice> _parameters = [];
    private readonly List<LayerSpan> _layers = [];
    private int _parameterElements;
    private int _depth;

    public IReadOnlyList<Value> Values => _values;

    /// <summary>Parameters in the order in which they were made, which is their order in the flat vector.</summary>
    public ParameterLayout Parameters => new([.. _parameters]);

    /// <param name="needsGradient">Whether backward gives ∂root/∂input too.</param>
    public Value Input(string name, Shape shape, bool needsGradient = false) =>
        Add(ValueKind.Input, name, shape, needsGradient, null, []);

    /// <summary>A parameter of <paramref name="shape"/> (not batched), the next slice of the flat parameter vector.</summary>
    /// <param name="statisticRate">See <see cref="ParameterSlice.StatisticRate"/>.</param>
    public Value Parameter(string name, Shape shape, ParameterRole role = ParameterRole.Weight,
        Initialization.Initializer? initializer = null, float statisticRate = 0)
    {
        if (shape.IsBatched) throw new ShapeException($"parameter \"{name}\": a parameter has no batch dimension, got {shape}");
        if (_parameters.Any(other => other.Name == name))
            throw new ArgumentException($"parameter \"{name}\" is in the graph already", nameof(name));
        var value = Add(ValueKind.Parameter, name, shape, true, null, []);
        _parameters.Add(new ParameterSlice(name, shape, _parameterElements, role,
            initializer ?? Initialization.Initializer.Zero)
        { StatisticRate = statisticRate });
        _parameterElements = checked(_parameterElements + shape.SampleElements);
        return value;
    }

    /// <summary>The layers that made the graph, each before those inside it.</summary>
    public IReadOnlyList<LayerSpan> Layers => _layers;

    /// <summary>Adds a layer and remembers what it added.</summary>
    /// <inheritdoc cref="Layer.Apply"/>
    public Value Apply(Layer layer, Value input, string name, IReadOnlyList<Layer> next)
    {
        var (place, first) = (_layers.Count, _parameters.Count);
        _layers.Add(new LayerSpan(name, layer, _depth++, input, input, first, first) { FirstValue = _values.Count });
        var output = layer.Apply(input, name, next);
        _depth--;
        _layers[place] = _layers[place] with { Output = output, EndParameter = _parameters.Count, EndValue = _values.Count };
        return output;
    }

    /// <summary>The innermost layer that made a value; null where no layer did: an input, or part of the loss.</summary>
    public LayerSpan? LayerOf(Value value) =>
        _layers.LastOrDefault(span => span.FirstValue <= value.Index && value.Index < span.EndValue);

    /// <summary>The value of <paramref name="operation"/> applied to <paramref name="inputs"/>.</summary>
    /// <exception cref="ShapeException">The shapes do not fit the operation.</exception>
    public Value Apply(Operation operation, params ReadOnlySpan<Value> inputs)
    {
        var shapes = new Shape[inputs.Length];
        var needsGradient = false;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Graph != this) throw new ArgumentException($"{operation.Name}: input {i} is a value of another graph");
            shapes[i] = inputs[i].Shape;
            needsGradient |= inputs[i].NeedsGradient && operation.HasGradient(i);
        }
        return Add(ValueKind.Result, $"{operation.Name}{_values.Count}", operation.InferShape(shapes), needsGradient, operation,
            inputs.ToArray());
    }

    private Value Add(ValueKind kind, string name, Shape shape, bool needsGradient, Operation? operation, Value[] inputs)
    {
        var value = new Value(this, _values.Count, kind, name, shape, needsGradient, operation, inputs);
        _values.Add(value);
        return value;
    }
}
