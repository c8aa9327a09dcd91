using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="SoftmaxCrossEntropy"/>
public sealed class SoftmaxCrossEntropyLoss : Loss
{
    public override string Name => "softmax-cross-entropy";

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => ScoreForEachClass(target);

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(new SoftmaxCrossEntropy(), scores, targets);
}
