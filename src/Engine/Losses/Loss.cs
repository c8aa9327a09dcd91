using Distributed.Engine.Data;
using Distributed.Engine.Graphs;

namespace Distributed.Engine.Losses;

/// <summary>A per-sample loss H over the model's output: adds its operation to the graph and says what scores and targets it wants.</summary>
public abstract class Loss
{
    /// <summary>The name in a job: "softmax-cross-entropy".</summary>
    public abstract string Name { get; }

    /// <summary>What makes probabilities of the scores that were trained with it.</summary>
    public virtual ScoreMeaning Meaning => ScoreMeaning.Plain;

    /// <summary>The shapes, without batch, that a model's output may have for such data; none: the loss is not for such data.</summary>
    public abstract IReadOnlyList<Shape> ScoreShapes(Target target);

    /// <summary>Shape of one sample's target as the graph takes it; by default as the data set writes it.</summary>
    /// <param name="scores">One of <see cref="ScoreShapes"/>.</param>
    public virtual Shape TargetShape(Target target, Shape scores) => target.Shape;

    /// <summary>Losses [B] of scores [B, …] and targets [B, …].</summary>
    public abstract Value Apply(Value scores, Value targets);

    /// <summary>Turns one sample's target from what the data set writes into what the graph takes; by default they are the same.</summary>
    /// <param name="target">What the data says of each sample.</param>
    /// <param name="raw">As many elements as the data's target has.</param>
    /// <param name="written">As many elements as <see cref="TargetShape"/> has.</param>
    public virtual void WriteTarget(Target target, ReadOnlySpan<float> raw, Span<float> written) => raw.CopyTo(written);

    /// <summary>[C] where a sample has one of C classes, at least two; for any other target nothing.</summary>
    protected static IReadOnlyList<Shape> ScoreForEachClass(Target target) =>
        target is ClassTarget { Count: >= 2 } classes ? [new Shape(classes.Count)] : [];

    /// <summary><see cref="ScoreForEachClass"/>, and where there are two classes also [1]: above 0 it says class 1.</summary>
    protected static IReadOnlyList<Shape> ScoreForEachClassOrOne(Target target) =>
        target is ClassTarget { Count: 2 } ? [new Shape(1), new Shape(2)] : ScoreForEachClass(target);
}
