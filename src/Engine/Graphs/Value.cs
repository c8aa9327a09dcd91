namespace Distributed.Engine.Graphs;

/// <summary>What feeds a value of a graph.</summary>
public enum ValueKind
{
    /// <summary>Written by the caller before each forward pass; gets a gradient only where it asks for one.</summary>
    Input,

    /// <summary>A slice of the flat parameter vector.</summary>
    Parameter,

    /// <summary>The output of an <see cref="Operations.Operation"/>.</summary>
    Result,
}

/// <summary>A tensor in a <see cref="Graph"/>: an input, a parameter, or what an operation gives. It has a shape, no numbers.</summary>
public sealed partial class Value
{
    internal Value(Graph graph, int index, ValueKind kind, string name, Shape shape, bool needsGradient,
        Operations.Operation? operation, Value[] inputs)
    {
        (Graph, Index, Kind, Name, Shape) = (graph, index, kind, name, shape);
        (NeedsGradient, Operation, Inputs) = (needsGradient, operation, inputs);
    }

    public Graph Graph { get; }

    /// <summary>Place in the graph's list: the inputs of a value stand before it.</summary>
    public int Index { get; }

    public ValueKind Kind { get; }

    public string Name { get; }

    public Shape Shape { get; }

    /// <summary>Whether backward carries a gradient to this value: a parameter, an input that asked, or what depends on one.</summary>
    public bool NeedsGradient { get; }

    public Operations.Operation? Operation { get; }

    public IReadOnlyList<Value> Inputs { get; }

    public override string ToString() => $"{Name} {Shape}";
}
