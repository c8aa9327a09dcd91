using Distributed.Engine.Data;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <inheritdoc cref="BinaryCrossEntropy"/>
/// <remarks><code>
/// 2 classes, score [1]     target 1 for class 1, 0 for class 0
/// C classes, scores [C]    each class against all others: the one-hot vector
/// numbers from 0 to 1      as they are: several labels at once, or probabilities
/// </code></remarks>
public sealed class BinaryCrossEntropyLoss : NumberLoss
{
    public override string Name => "binary-cross-entropy";

    public override ScoreMeaning Meaning => ScoreMeaning.Logistic;

    public override IReadOnlyList<Shape> ScoreShapes(Target target) =>
        target is ClassTarget { Count: 2 } ? [new Shape(1), new Shape(2)] : base.ScoreShapes(target);

    /// <exception cref="DataException">A number is not from 0 to 1.</exception>
    public override void WriteTarget(Target target, ReadOnlySpan<float> raw, Span<float> written)
    {
        if (target is ClassTarget && written.Length == 1)
        {
            written[0] = raw[0];
            return;
        }
        base.WriteTarget(target, raw, written);
        foreach (var number in written)
            if (!(number >= 0 && number <= 1)) throw new DataException($"{Name}: a target is {number}; numbers from 0 to 1 are wanted");
    }

    protected override Operation Operation => new BinaryCrossEntropy();
}
