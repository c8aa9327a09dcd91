using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>max(0, −y·s) of one score for two classes, y = ±1: <see cref="BinaryMargin"/> with Δ = 0; with a score for each class
/// max(0, s_c − s_y), c the wrong class of the largest score: <see cref="MulticlassMargin"/> with Δ = 0.</summary>
public sealed class PerceptronLoss : Loss
{
    public override string Name => "perceptron";

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => ScoreForEachClassOrOne(target);

    public override Value Apply(Value scores, Value targets) => MarginLoss.Apply(0, scores, targets);
}
