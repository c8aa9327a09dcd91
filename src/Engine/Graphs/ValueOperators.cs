using Distributed.Engine.Operations;

namespace Distributed.Engine.Graphs;

/// <remarks>
/// Operators and methods by which a graph reads as a formula: <c>f = (x + y) * z</c>, <c>1 / (1 + (-x).Exp())</c>. Each adds an
/// operation to the graph of its values. Two tensors are spread over each other by NumPy's rules; a number is a constant.
/// </remarks>
public sealed partial class Value
{
    public static Value operator +(Value left, Value right) => left.Graph.Apply(new Add(), left, right);

    public static Value operator -(Value left, Value right) => left.Graph.Apply(new Subtract(), left, right);

    public static Value operator *(Value left, Value right) => left.Graph.Apply(new Multiply(), left, right);

    public static Value operator /(Value left, Value right) => left.Graph.Apply(new Divide(), left, right);

    public static Value operator -(Value value) => value.Graph.Apply(new Negate(), value);

    public static Value operator +(Value left, double right) => left.Graph.Apply(new AddConstant(right), left);

    public static Value operator +(double left, Value right) => right + left;

    public static Value operator -(Value left, double right) => left + -right;

    public static Value operator -(double left, Value right) => -right + left;

    public static Value operator *(Value left, double right) => left.Graph.Apply(new Scale(right), left);

    public static Value operator *(double left, Value right) => right * left;

    /// <summary>left · (1 / right).</summary>
    public static Value operator /(Value left, double right) => left * (1 / right);

    /// <summary>left · (1 / right).</summary>
    public static Value operator /(double left, Value right) => left == 1 ? right.Power(-1) : right.Power(-1) * left;

    /// <inheritdoc cref="Operations.Exp"/>
    public Value Exp() => Graph.Apply(new Exp(), this);

    /// <inheritdoc cref="Operations.Log"/>
    public Value Log() => Graph.Apply(new Log(), this);

    /// <inheritdoc cref="Operations.Sqrt"/>
    public Value Sqrt() => Graph.Apply(new Sqrt(), this);

    /// <inheritdoc cref="Operations.Square"/>
    public Value Square() => Graph.Apply(new Square(), this);

    /// <inheritdoc cref="ConstantPower"/>
    public Value Power(double exponent) => Graph.Apply(new ConstantPower(exponent), this);

    /// <inheritdoc cref="Operations.Power"/>
    public Value Power(Value exponent) => Graph.Apply(new Power(), this, exponent);

    /// <inheritdoc cref="Maximum"/>
    public Value Max(Value other) => Graph.Apply(new Maximum(), this, other);

    /// <inheritdoc cref="Minimum"/>
    public Value Min(Value other) => Graph.Apply(new Minimum(), this, other);

    /// <inheritdoc cref="Operations.Relu"/>
    public Value Relu() => Graph.Apply(new Relu(), this);

    /// <inheritdoc cref="Operations.LeakyRelu"/>
    public Value LeakyRelu(float alpha = 0.01f) => Graph.Apply(new LeakyRelu(alpha), this);

    /// <inheritdoc cref="Operations.Elu"/>
    public Value Elu(float alpha = 1) => Graph.Apply(new Elu(alpha), this);

    /// <inheritdoc cref="Operations.Sigmoid"/>
    public Value Sigmoid() => Graph.Apply(new Sigmoid(), this);

    /// <inheritdoc cref="Operations.Tanh"/>
    public Value Tanh() => Graph.Apply(new Tanh(), this);

    /// <inheritdoc cref="Operations.Softmax"/>
    public Value Softmax() => Graph.Apply(new Softmax(), this);

    /// <inheritdoc cref="Operations.Step"/>
    public Value Step() => Graph.Apply(new Step(), this);

    /// <inheritdoc cref="Operations.MatMul"/>
    public Value MatMul(Value right) => Graph.Apply(new MatMul(), this, right);

    /// <inheritdoc cref="Operations.Sum"/>
    public Value Sum(params ReadOnlySpan<int> axes) => Graph.Apply(new Sum(axes), this);

    /// <inheritdoc cref="Operations.Mean"/>
    public Value Mean(params ReadOnlySpan<int> axes) => Graph.Apply(new Mean(axes), this);

    /// <inheritdoc cref="Operations.Broadcast"/>
    public Value Broadcast(Shape shape) => Graph.Apply(new Broadcast(shape), this);

    /// <inheritdoc cref="Operations.Reshape"/>
    public Value Reshape(Shape sample) => Graph.Apply(new Reshape(sample), this);

    /// <inheritdoc cref="Operations.Transpose"/>
    public Value Transpose(params ReadOnlySpan<int> order) => Graph.Apply(new Transpose(order), this);

    /// <inheritdoc cref="Operations.Slice"/>
    public Value Slice(int axis, int? start = null, int? stop = null, int step = 1) =>
        Graph.Apply(new Slice(axis, start, stop, step), this);

    /// <inheritdoc cref="Operations.Concatenate"/>
    public Value Concatenate(int axis, params ReadOnlySpan<Value> others) =>
        Graph.Apply(new Concatenate(axis), [this, .. others]);
}
