using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;

namespace Distributed.Engine.Training;

/// <summary>A network with its loss, traced once into a graph.</summary>
/// <remarks><code>
/// features [B, sample] → layers → scores [B, C] ─┐
/// targets  [B, …]  ──────────────────────────────┴→ losses H [B]
/// </code></remarks>
public sealed class Model
{
    /// <param name="network">The layers; the output must be [B, classes].</param>
    /// <param name="sampleShape">One sample's features.</param>
    /// <exception cref="ShapeException">The layers do not fit each other, the data or the loss.</exception>
    public Model(Layer network, Shape sampleShape, int classes, Loss loss)
    {
        (Network, Loss, Classes) = (network, loss, classes);
        Graph = new Graph();
        Features = Graph.Input("features", Shape.Batched(sampleShape));
        Scores = network.Apply(Features, "", []);
        if (Scores.Shape != new Shape(Shape.Batch, classes))
            throw new ShapeException($"the model's output has shape {Scores.Shape}, the data has {classes} classes: [B, {classes}] is wanted");
        Targets = Graph.Input("targets", Shape.Batched(loss.TargetShape(classes)));
        Losses = loss.Apply(Scores, Targets);
        Parameters = Graph.Parameters;
    }

    public Layer Network { get; }

    public Loss Loss { get; }

    public int Classes { get; }

    public Graph Graph { get; }

    public Value Features { get; }

    public Value Targets { get; }

    /// <summary>[B, C]; the predicted class is the first of the largest.</summary>
    public Value Scores { get; }

    /// <summary>[B], one loss per sample, regularizer not included.</summary>
    public Value Losses { get; }

    public ParameterLayout Parameters { get; }
}
