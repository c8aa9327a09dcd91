using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="MulticlassHinge"/>
/// <param name="margin">Δ, above 0.</param>
public sealed class MulticlassHingeLoss(float margin = 1) : Loss
{
    public float Margin { get; } = new MulticlassHinge(margin).Margin;

    public override string Name => "multiclass-hinge";

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => ScoreForEachClass(target);

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(new MulticlassHinge(Margin), scores, targets);
}
