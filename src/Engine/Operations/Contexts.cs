using System.Numerics;
using Distributed.Engine.Graphs;
using Distributed.Engine.Training;

namespace Distributed.Engine.Operations;

/// <summary>What an operation sees in its forward pass.</summary>
public readonly ref struct ForwardContext<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    internal ForwardContext(Executor<T> executor, Value value, int samples)
    {
        (Executor, Value, Samples) = (executor, value, samples);
    }

    private Executor<T> Executor { get; }

    private Value Value { get; }

    /// <summary>Samples of this pass: what <see cref="Shape.Batch"/> stands for.</summary>
    public int Samples { get; }

    public ReadOnlySpan<T> Input(int i) => Executor.Data(Value.Inputs[i]);

    public Shape InputShape(int i) => Value.Inputs[i].Shape;

    public Shape OutputShape => Value.Shape;

    /// <summary>Where the result is to be written, all of it.</summary>
    public Span<T> Output => Executor.Output(Value);

    /// <summary>Kept until backward: <see cref="Operation.SavedElements"/> elements.</summary>
    public Span<T> Saved => Executor.Saved(Value);
}

/// <summary>What an operation sees in its backward pass.</summary>
public readonly ref struct BackwardContext<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    internal BackwardContext(Executor<T> executor, Value value, ShardLayout shards)
    {
        Executor = executor;
        Value = value;
        Shards = shards;
    }

    private Executor<T> Executor { get; }

    private Value Value { get; }

    public ShardLayout Shards { get; }

    public int Samples => Shards.Samples;

    public ReadOnlySpan<T> Input(int i) => Executor.Data(Value.Inputs[i]);

    public Shape InputShape(int i) => Value.Inputs[i].Shape;

    public Shape OutputShape => Value.Shape;

    public ReadOnlySpan<T> Output => Executor.Data(Value);

    public ReadOnlySpan<T> Saved => Executor.Saved(Value);

    /// <summary>∂root/∂output, of the output's shape.</summary>
    public ReadOnlySpan<T> OutputGradient => Executor.Gradient(Value);

    /// <summary>Whether the gradient of input <paramref name="i"/> is wanted.</summary>
    public bool NeedsGradient(int i) => Executor.HasEdge(Value, i);

    /// <summary>Where ∂root/∂input is to be written, all of it; only where <see cref="NeedsGradient"/>.</summary>
    public Span<T> InputGradient(int i) => Executor.EdgeGradient(Value, i);
}
