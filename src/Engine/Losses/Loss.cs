using Distributed.Engine.Graphs;

namespace Distributed.Engine.Losses;

/// <summary>A per-sample loss H over the model's output: adds its operation to the graph and says what target it wants.</summary>
public abstract class Loss
{
    /// <summary>The name in a job: "softmax-cross-entropy".</summary>
    public abstract string Name { get; }

    /// <summary>Shape of one sample's target for <paramref name="classes"/> classes: [] for the class index, [C] for one-hot.</summary>
    public abstract Shape TargetShape(int classes);

    /// <summary>Losses [B] of scores [B, C] and targets [B, …].</summary>
    public abstract Value Apply(Value scores, Value targets);

    /// <summary>Writes one sample's target for class <paramref name="label"/>; by default the class index itself.</summary>
    /// <param name="target">As many elements as <see cref="TargetShape"/> has.</param>
    public virtual void WriteTarget(int label, Span<float> target) => target[0] = label;
}
