using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>½ Σ_i (y*_i − y_i)² against the numbers y* of a sample, or against the one-hot vector of its class.</summary>
public sealed class SquaredLoss : Loss
{
    public override string Name => "squared";

    public override IReadOnlyList<Shape> ScoreShapes(Target target) => target switch
    {
        ClassTarget classes => [new Shape(classes.Count)],
        ValueTarget values => [values.Values, new Shape(values.Values.SampleElements)],
        _ => [],
    };

    public override Shape TargetShape(Target target, Shape scores) => new(scores.SampleElements);

    public override Value Apply(Value scores, Value targets) =>
        scores.Graph.Apply(new SquaredError(), Flat(scores), Flat(targets));

    /// <summary>For a class: 1 at the label, 0 elsewhere.</summary>
    public override void WriteTarget(Target target, ReadOnlySpan<float> raw, Span<float> written)
    {
        if (target is ClassTarget)
        {
            written.Clear();
            written[(int)raw[0]] = 1;
        }
        else
        {
            raw.CopyTo(written);
        }
    }

    private static Value Flat(Value value) => value.Shape.Sample.Rank == 1
        ? value
        : value.Graph.Apply(new Reshape(new Shape(value.Shape.SampleElements)), value);
}
