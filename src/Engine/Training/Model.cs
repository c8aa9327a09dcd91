using Distributed.Engine.Data;
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
    /// <summary>A model for data with classes.</summary>
    public Model(Layer network, Shape sampleShape, int classes, Loss loss) : this(network, sampleShape, new ClassTarget(classes), loss)
    {
    }

    /// <param name="network">The layers; the output must be one that the loss wants.</param>
    /// <param name="sampleShape">One sample's features.</param>
    /// <param name="target">What the data says of each sample.</param>
    /// <exception cref="ShapeException">The layers do not fit each other, the data or the loss.</exception>
    public Model(Layer network, Shape sampleShape, Target target, Loss loss)
    {
        (Network, Loss, Target) = (network, loss, target);
        Graph = new Graph();
        Features = Graph.Input("features", Shape.Batched(sampleShape));
        Scores = network.Apply(Features, "", []);
        CheckScores(Scores.Shape, target, loss);
        Targets = Graph.Input("targets", Shape.Batched(loss.TargetShape(target, Scores.Shape.Sample)));
        Losses = loss.Apply(Scores, Targets);
        Parameters = Graph.Parameters;
    }

    public Layer Network { get; }

    public Loss Loss { get; }

    public Target Target { get; }

    public Graph Graph { get; }

    public Value Features { get; }

    public Value Targets { get; }

    /// <summary>[B, …], of one of the loss's <see cref="Loss.ScoreShapes"/>; see <see cref="Decisions"/>.</summary>
    public Value Scores { get; }

    /// <summary>[B], one loss per sample, regularizer not included.</summary>
    public Value Losses { get; }

    public ParameterLayout Parameters { get; }

    /// <exception cref="ShapeException">The loss is not for such data, or wants another output.</exception>
    public static void CheckScores(Shape scores, Target target, Loss loss)
    {
        var wanted = loss.ScoreShapes(target);
        if (wanted.Count == 0) throw new ShapeException($"the loss {loss.Name} is not for data with {target}");
        if (scores.IsBatched && wanted.Contains(scores.Sample)) return;
        throw new ShapeException($"the model's output has shape {scores.Sample}, but the data has {target}: "
            + $"{string.Join(" or ", wanted.Distinct())} is wanted");
    }
}
