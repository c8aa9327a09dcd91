using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Losses;

/// <summary>A loss that compares a sample's scores with as many numbers: those of the data, or the one-hot vector of its class.</summary>
public abstract class NumberLoss : Loss
{
    public override IReadOnlyList<Shape> ScoreShapes(Target target) => target switch
    {
        ClassTarget classes => [new Shape(classes.Count)],
        ValueTarget values => [values.Values, new Shape(values.Values.SampleElements)],
        _ => [],
    };

    public override Shape TargetShape(Target target, Shape scores) => new(scores.SampleElements);

    public override Value Apply(Value scores, Value targets) => scores.Graph.Apply(Operation, Flat(scores), Flat(targets));

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

    /// <summary>Takes scores [B, n] and targets [B, n].</summary>
    protected abstract Operation Operation { get; }

    private static Value Flat(Value value) => value.Shape.Sample.Rank == 1
        ? value
        : value.Graph.Apply(new Reshape(new Shape(value.Shape.SampleElements)), value);
}
