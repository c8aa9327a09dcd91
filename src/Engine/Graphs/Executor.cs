using System.Numerics;
using Distributed.Engine.Training;

namespace Distributed.Engine.Graphs;

/// <summary>Runs a graph forward and backward for up to a fixed number of samples, in one arena, without allocating.</summary>
public sealed class Executor<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public Executor(Graph graph, Value root, int maxSamples) => throw new NotSupportedException();

    internal Span<T> Data(Value value) => throw new NotSupportedException();

    internal Span<T> Saved(Value value) => throw new NotSupportedException();

    internal ReadOnlySpan<T> Gradient(Value value) => throw new NotSupportedException();

    internal Span<T> EdgeGradient(Value value, int input) => throw new NotSupportedException();
}
