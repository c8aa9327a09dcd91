using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>max(0, Δ + s_c − s_y), c the wrong class of the largest score: <see cref="MulticlassMargin"/>; with one score for two
/// classes max(0, Δ − y·s), y = ±1: <see cref="BinaryMargin"/>.</summary>
/// <param name="margin">Δ, above 0.</param>
public sealed class MarginLoss(float margin = 1) : Loss
{
    public float Margin { get; } = float.IsFinite(margin) && margin > 0 ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "the margin of the max-margin loss is a finite number above 0");

    public override string Name => "max-margin";

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => ScoreForEachClassOrOne(target);

    public override Value Apply(Value scores, Value targets) => Apply(Margin, scores, targets);

    internal static Value Apply(float margin, Value scores, Value targets) =>
        scores.Graph.Apply(scores.Shape.SampleElements == 1 ? new BinaryMargin(margin) : new MulticlassMargin(margin), scores, targets);
}
