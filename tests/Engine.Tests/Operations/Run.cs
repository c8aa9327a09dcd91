using System.Numerics;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Runs one operation on given numbers.</summary>
internal static class Run
{
    /// <summary>The output of an operation on batched inputs, and the gradients of its sum with respect to those that take one.</summary>
    /// <param name="inputs">By input: the shape of one sample and the numbers of all samples.</param>
    public static (T[] Output, T[][] Gradients) Batched<T>(Operation operation, int samples, params (Shape Sample, T[] Numbers)[] inputs)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var graph = new Graph();
        Value[] values = [.. inputs.Select((input, i) => graph.Input($"input{i}", Shape.Batched(input.Sample), needsGradient: true))];
        var root = graph.Apply(operation, values);
        var executor = new Executor<T>(graph, root, samples, keepGradients: true);
        for (var i = 0; i < inputs.Length; i++) inputs[i].Numbers.CopyTo(executor.Input(values[i], samples));
        executor.Forward(ReadOnlyMemory<T>.Empty, samples);
        executor.Backward(Memory<T>.Empty);
        return (executor.Values(root).ToArray(), [.. values.Select(value => executor.GradientOf(value).ToArray())]);
    }

    /// <summary>The sentence with which an operation refuses inputs of these shapes.</summary>
    public static string Refusal(Operation operation, params Shape[] shapes)
    {
        var graph = new Graph();
        Value[] inputs = [.. shapes.Select((shape, i) => graph.Input($"input{i}", shape))];
        return Assert.Throws<ShapeException>(() => graph.Apply(operation, inputs)).Message;
    }
}
