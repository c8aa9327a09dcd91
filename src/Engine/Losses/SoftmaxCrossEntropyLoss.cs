using System.Collections.Immutable;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="SoftmaxCrossEntropy"/>
/// <param name="smoothing">ε of <see cref="LabelSettings"/>.</param>
/// <param name="classWeights">w of <see cref="LabelSettings"/>.</param>
public sealed class SoftmaxCrossEntropyLoss(float smoothing = 0, ImmutableArray<float> classWeights = default) : Loss
{
    public LabelSettings Settings { get; } = new(smoothing, classWeights);

    public override string Name => "softmax-cross-entropy";

    public override ScoreMeaning Meaning => ScoreMeaning.Softmax;

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => ScoreForEachClass(target);

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(new SoftmaxCrossEntropy(Settings), scores, targets);
}
