using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;

namespace Distributed.Engine.Inspection;

/// <summary>One layer of a model as a table shows it.</summary>
/// <param name="Depth">0 for a layer of the model itself, 1 for one inside a block.</param>
/// <param name="Output">Without batch.</param>
/// <param name="Reach">What its units see of the model's input: the receptive field.</param>
/// <param name="Trained">Parameters that are trained, those of layers inside it included.</param>
/// <param name="Statistics">Parameters that are observed, as running means.</param>
public sealed record LayerSummary(string Name, int Depth, Shape Output, Reach Reach, long Trained, long Statistics);

/// <summary>A model layer by layer: shapes, receptive fields, parameters.</summary>
public sealed record ModelSummary(Shape Input, IReadOnlyList<LayerSummary> Layers)
{
    public long Trained => Layers.Where(layer => layer.Depth == 0).Sum(layer => layer.Trained);

    public long Statistics => Layers.Where(layer => layer.Depth == 0).Sum(layer => layer.Statistics);

    /// <exception cref="ShapeException">The layers do not fit the samples or each other.</exception>
    public static ModelSummary Of(Layer network, Shape sampleShape)
    {
        var graph = new Graph();
        var input = graph.Input("features", Shape.Batched(sampleShape));
        if (network is Sequential) network.Apply(input, "", []);
        else graph.Apply(network, input, network.Kind, []);

        var seen = new Dictionary<Value, Reach> { [input] = Reach.Own };
        var pools = new Stack<MaxPool>();
        var rows = new List<LayerSummary>();
        foreach (var layer in graph.Layers)
        {
            var reach = seen[layer.Input].Then(Reach.Of(layer.Layer, pools));
            // A layer that adds nothing gives its input back: what is seen there stays.
            seen.TryAdd(layer.Output, reach);
            rows.Add(new LayerSummary(layer.Name, layer.Depth, layer.Output.Shape.Sample, reach, layer.TrainedElements, layer.StatisticElements));
        }
        return new ModelSummary(sampleShape, rows);
    }
}
