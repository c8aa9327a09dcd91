using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Inspection;

/// <summary>What a layer of a model gives for one sample, in an evaluation pass.</summary>
public static class FeatureMaps
{
    /// <param name="layer">Index of the layer among <see cref="Graph.Layers"/> of the model's graph.</param>
    /// <returns>The layer's output and its shape, without batch.</returns>
    public static (float[] Values, Shape Shape) Of(Layer network, Shape sampleShape, ReadOnlyMemory<float> weights, ReadOnlySpan<float> features,
        int layer)
    {
        var graph = new Graph();
        var x = graph.Input("features", Shape.Batched(sampleShape));
        var output = network.Apply(x, "", []);
        var executor = new Executor<float>(graph, output, 1);
        features.CopyTo(executor.Input(x, 1));
        executor.Forward(weights, 1);
        var value = graph.Layers[layer].Output;
        return (executor.Values(value).ToArray(), value.Shape.Sample);
    }
}
