using System.Collections.Immutable;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="PixelCrossEntropy"/>
/// <param name="smoothing">ε of <see cref="LabelSettings"/>.</param>
/// <param name="classWeights">w of <see cref="LabelSettings"/>.</param>
public sealed class PixelCrossEntropyLoss(float smoothing = 0, ImmutableArray<float> classWeights = default) : Loss
{
    public LabelSettings Settings { get; } = new(smoothing, classWeights);

    public override string Name => "per-pixel-cross-entropy";

    public override ScoreMeaning Meaning => ScoreMeaning.Softmax;

    public override IReadOnlyList<Shape> ScoreShapes(Target target) =>
        target is ClassMapTarget { Count: >= 2 } map ? [new Shape(map.Count, map.Height, map.Width)] : [];

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(new PixelCrossEntropy(Settings), scores, targets);
}
