using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Inspection;

/// <summary>Which inputs a score hangs on: ∂score/∂x for each element x of a sample.</summary>
/// <remarks>Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks (2013). An evaluation pass: no dropout, running statistics.</remarks>
public static class Saliency
{
    /// <param name="network">The layers; the output of a sample is flat: [C].</param>
    /// <param name="weights">The flat vector of the model.</param>
    /// <param name="features">One sample.</param>
    /// <param name="score">Which score, 0..C−1.</param>
    /// <returns>As many elements as the sample has.</returns>
    public static float[] Of(Layer network, Shape sampleShape, ReadOnlyMemory<float> weights, ReadOnlySpan<float> features, int score)
    {
        var graph = new Graph();
        var x = graph.Input("features", Shape.Batched(sampleShape), needsGradient: true);
        var scores = network.Apply(x, "", []);
        var count = scores.Shape.SampleElements;
        if (score < 0 || score >= count)
            throw new ArgumentOutOfRangeException(nameof(score), score, $"the model gives scores 0 to {count - 1}");
        var mask = graph.Input("mask", scores.Shape);
        var chosen = graph.Apply(new Operations.Sum(), scores * mask);
        var executor = new Executor<float>(graph, chosen, 1);
        features.CopyTo(executor.Input(x, 1));
        executor.Input(mask, 1).Clear();
        executor.Input(mask, 1)[score] = 1;
        executor.Forward(weights, 1);
        executor.Backward(new float[weights.Length]);
        return executor.GradientOf(x).ToArray();
    }
}
