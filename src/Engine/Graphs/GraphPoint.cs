using System.Numerics;
using Distributed.Engine.Training;

namespace Distributed.Engine.Graphs;

/// <summary>Where a graph is evaluated: the numbers of its leaves, in double precision.</summary>
/// <param name="Inputs">By input, every one that the root depends on: its numbers, row-major.</param>
/// <param name="Parameters">The flat parameter vector; empty for a graph without parameters.</param>
/// <param name="Pass">Samples, and whether it is a training pass; an evaluation of one sample if it is not given.</param>
public sealed record GraphPoint(IReadOnlyDictionary<Value, double[]> Inputs, double[] Parameters, Pass Pass)
{
    public GraphPoint(IReadOnlyDictionary<Value, double[]> inputs, double[]? parameters = null, int samples = 1)
        : this(inputs, parameters ?? [], new Pass(samples))
    {
    }

    /// <summary>An executor that has run forward here.</summary>
    /// <param name="number">From a leaf, an element's index in it and its number: what the executor is given.</param>
    internal Executor<T> Forward<T>(Value root, Func<Value, int, double, T> number) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var executor = new Executor<T>(root.Graph, root, Pass.Samples, keepGradients: true);
        foreach (var (input, numbers) in Inputs)
        {
            var span = executor.Input(input, Pass.Samples);
            if (numbers.Length != span.Length)
                throw new ArgumentException($"{input} has {span.Length} elements with {Pass.Samples} samples, got {numbers.Length} numbers");
            for (var i = 0; i < span.Length; i++) span[i] = number(input, i, numbers[i]);
        }
        var parameters = new T[Parameters.Length];
        foreach (var (value, slice) in ParametersOf(root.Graph))
            for (var i = 0; i < slice.Count && slice.End <= parameters.Length; i++)
                parameters[slice.Offset + i] = number(value, i, Parameters[slice.Offset + i]);
        executor.Forward(parameters, Pass);
        return executor;
    }

    private static IEnumerable<(Value Value, ParameterSlice Slice)> ParametersOf(Graph graph) =>
        graph.Values.Where(value => value.Kind == ValueKind.Parameter).Zip(graph.Parameters.Slices);
}
