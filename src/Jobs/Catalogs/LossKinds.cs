using System.Collections.Immutable;
using Distributed.Engine.Losses;
using Distributed.Engine.Operations;

namespace Distributed.Jobs.Catalogs;

internal static class LossKinds
{
    private static readonly NumberType Positive = new(0, above: true);

    public static Family Family { get; } = new("loss", "a loss", "losses",
        Kind.Of("binary-cross-entropy",
            "Cross-entropy of the sigmoid of each score against 0 or 1, in nats, summed: one score for two classes, or one for each class.",
            _ => new BinaryCrossEntropyLoss()),
        Kind.Of("huber", "Sum of r^2 / 2 where |r| is up to delta, else delta times (|r| - delta / 2); r: score less target.",
            values => new HuberLoss(values.Number("delta")),
            Key.Optional<HuberLoss>("delta", Positive, 1f, l => l.Delta, "Where the parabola becomes a line.", main: true)),
        Kind.Of("max-margin",
            "max(0, margin + the largest wrong score - the right one's); with one score for two classes max(0, margin -+ score).",
            values => new MarginLoss(values.Number("margin")),
            Key.Optional<MarginLoss>("margin", Positive, 1f, l => l.Margin, "By how much the right class must lead.", main: true)),
        Kind.Of("mean-absolute", "Mean of |score - target| over the numbers of a sample.", _ => new MeanAbsoluteLoss()),
        Kind.Of("multiclass-hinge", "Sum over the wrong classes of max(0, their score - the right one's + margin).",
            values => new MulticlassHingeLoss(values.Number("margin")),
            Key.Optional<MulticlassHingeLoss>("margin", Positive, 1f, l => l.Margin, "By how much the right class must lead.", main: true)),
        Kind.Of("per-pixel-cross-entropy", "softmax-cross-entropy at every pixel, for data with a class a pixel: the mean over the pixels.",
            values => new PixelCrossEntropyLoss(values.Number("smoothing"), ClassWeights(values)),
            Labels<PixelCrossEntropyLoss>(l => l.Settings)),
        Kind.Of("perceptron", "max(0, the largest wrong score - the right one's); with one score for two classes max(0, -+ score).",
            _ => new PerceptronLoss()),
        Kind.Of("softmax-cross-entropy", "Cross-entropy of softmax(scores) against the label, in nats.",
            values => new SoftmaxCrossEntropyLoss(values.Number("smoothing"), ClassWeights(values)),
            Labels<SoftmaxCrossEntropyLoss>(l => l.Settings)),
        Kind.Of("squared", "Half the squared distance of the scores from the target, which for a class is its one-hot vector.",
            _ => new SquaredLoss()));

    private static Key[] Labels<T>(Func<T, LabelSettings> settings) =>
    [
        Key.Optional<T>("smoothing", new NumberType(0, 1, below: true), 0f, l => settings(l).Smoothing,
            "Share of the label that is spread evenly over all classes.", later: true),
        Key.Optional<T>("class_weights", new OptionalType(new NumbersType(new NumberType(0), 2, JobLimits.MaxFeatures), "none"), null,
            l => settings(l).ClassWeights is { IsEmpty: false } weights ? weights : null,
            "What the loss of a sample (pixel) of each class is multiplied by; the mean is over samples all the same.", later: true),
    ];

    private static ImmutableArray<float> ClassWeights(KeyValues values) => values.Get<ImmutableArray<float>?>("class_weights") ?? [];
}
