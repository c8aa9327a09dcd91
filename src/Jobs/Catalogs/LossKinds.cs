using Distributed.Engine.Losses;

namespace Distributed.Jobs.Catalogs;

internal static class LossKinds
{
    public static Family Family { get; } = new("loss", "a loss", "losses",
        Kind.Of("multiclass-hinge", "Sum over the wrong classes of max(0, their score - the right one's + margin).",
            values => new MulticlassHingeLoss(values.Number("margin")),
            Key.Optional<MulticlassHingeLoss>("margin", new NumberType(0, above: true), 1f, l => l.Margin,
                "By how much the right class must lead.", main: true)),
        Kind.Of("softmax-cross-entropy", "Cross-entropy of softmax(scores) against the label, in nats.",
            _ => new SoftmaxCrossEntropyLoss()),
        Kind.Of("squared", "Half the squared distance of the scores from the one-hot label.", _ => new SquaredLoss()));
}
