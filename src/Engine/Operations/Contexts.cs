using System.Numerics;
using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Operations;

/// <summary>What an operation sees in its forward pass.</summary>
public readonly ref struct ForwardContext<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    internal ForwardContext(Executor<T> executor, Value value) => (Executor, Value) = (executor, value);

    private Executor<T> Executor { get; }

    private Value Value { get; }

    /// <summary>What this pass is for: its samples and shards, and what random numbers are keyed by.</summary>
    public ref readonly Pass Pass => ref Executor.Pass;

    /// <summary>Samples of this pass: what <see cref="Shape.Batch"/> stands for.</summary>
    public int Samples => Executor.Pass.Samples;

    public ShardLayout Shards => new(Executor.Pass.Shards.Span);

    /// <summary>The value's place in its graph: tells operations apart that draw random numbers.</summary>
    public int Index => Value.Index;

    public ReadOnlySpan<T> Input(int i) => Executor.Data(Executor.Inputs(Value)[i]);

    public Shape InputShape(int i) => Executor.Inputs(Value)[i].Shape;

    public Shape OutputShape => Value.Shape;

    /// <summary>Where the result is to be written, all of it.</summary>
    public Span<T> Output => Executor.Output(Value);

    /// <summary>Kept until backward: <see cref="Operation.SavedElements"/> elements.</summary>
    public Span<T> Saved => Executor.Saved(Value);

    /// <summary>Unspecified contents, lost when the pass of this operation ends: <see cref="Operation.ScratchElements"/> elements.</summary>
    public Span<T> Scratch => Executor.Scratch(Value);
}

/// <summary>What an operation sees in its backward pass.</summary>
public readonly ref struct BackwardContext<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    internal BackwardContext(Executor<T> executor, Value value) => (Executor, Value) = (executor, value);

    private Executor<T> Executor { get; }

    private Value Value { get; }

    /// <summary>The pass that forward was given.</summary>
    public ref readonly Pass Pass => ref Executor.Pass;

    public ShardLayout Shards => new(Executor.Pass.Shards.Span);

    public int Samples => Executor.Pass.Samples;

    public ReadOnlySpan<T> Input(int i) => Executor.Data(Executor.Inputs(Value)[i]);

    public Shape InputShape(int i) => Executor.Inputs(Value)[i].Shape;

    public Shape OutputShape => Value.Shape;

    public ReadOnlySpan<T> Output => Executor.Data(Value);

    public ReadOnlySpan<T> Saved => Executor.Saved(Value);

    /// <inheritdoc cref="ForwardContext{T}.Scratch"/>
    public Span<T> Scratch => Executor.Scratch(Value);

    /// <summary>∂root/∂output, of the output's shape.</summary>
    public ReadOnlySpan<T> OutputGradient => Executor.Gradient(Value);

    /// <summary>Whether the gradient of input <paramref name="i"/> is wanted.</summary>
    public bool NeedsGradient(int i) => Executor.HasEdge(Value, i);

    /// <summary>Where ∂root/∂input is to be written, all of it; only where <see cref="NeedsGradient"/>.</summary>
    public Span<T> InputGradient(int i) => Executor.EdgeGradient(Value, i);

    /// <summary>To be told, with a falling row, that the rows of an input's gradient from there on are final while others are still computed; for
    /// the last input that an operation writes, as far as parameters go. Null: nobody waits for it.</summary>
    /// <param name="rows">Of the gradient.</param>
    /// <param name="rowElements">Elements of a row.</param>
    public RowsDone? RowsDone(int i, int rows, int rowElements) => Executor.RowsDone(Value, i, rows, rowElements);
}
