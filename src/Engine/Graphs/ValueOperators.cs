using Distributed.Engine.Operations;

namespace Distributed.Engine.Graphs;

/// <remarks>Operators between values of equal shape, or of a value and a scalar []: <c>f = (x + y) * z</c> adds two operations to
/// the graph of its values.</remarks>
public sealed partial class Value
{
    public static Value operator +(Value left, Value right) => left.Graph.Apply(new Add(), left, right);

    public static Value operator -(Value left, Value right) => left.Graph.Apply(new Subtract(), left, right);

    public static Value operator *(Value left, Value right) => left.Graph.Apply(new Multiply(), left, right);

    public static Value operator /(Value left, Value right) => left.Graph.Apply(new Divide(), left, right);

    public static Value operator -(Value value) => value.Graph.Apply(new Negate(), value);
}
