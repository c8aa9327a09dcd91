using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>½ Σ_c (t_c − s_c)² against the one-hot target t.</summary>
public sealed class SquaredLoss : Loss
{
    public override string Name => "squared";

    public override Shape TargetShape(int classes) => new(classes);

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(new SquaredError(), scores, targets);

    /// <summary>1 at the label, 0 elsewhere.</summary>
    public override void WriteTarget(int label, Span<float> target)
    {
        target.Clear();
        target[label] = 1;
    }
}
