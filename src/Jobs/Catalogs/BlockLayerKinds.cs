using System.Collections.Immutable;
using Distributed.Engine.Layers;

namespace Distributed.Jobs.Catalogs;

/// <summary>Activations beyond the common ones, normalization, dropout and blocks of layers.</summary>
internal static class BlockLayerKinds
{
    private static readonly ListType Block = new(() => LayerKinds.Family, JobLimits.MaxLayers);
    private static readonly NumberType Positive = new(0, above: true);

    private const string Epsilon = "Added to a variance before its root is taken.";

    public static IReadOnlyList<Kind> All { get; } =
    [
        Kind.Of("batch-norm", "Each channel less its mean, divided by its standard deviation, both over the samples of a virtual shard; "
            + "then times a gain plus a shift. Evaluation uses running statistics.",
            values => new BatchNorm(values.Number("momentum"), values.Number("epsilon")),
            Key.Optional<BatchNorm>("momentum", new NumberType(0, 1, above: true), BatchNorm.DefaultMomentum, l => l.Momentum,
                "Share by which the running statistics move towards a step's."),
            Key.Optional<BatchNorm>("epsilon", Positive, Engine.Operations.BatchNorm.DefaultEpsilon, l => l.Epsilon, Epsilon)),
        Kind.Of("dropout", "In training each unit is 0 with probability rate, the others are divided by 1 - rate.",
            values => new Dropout(values.Number("rate")),
            Key.Optional<Dropout>("rate", new NumberType(0, 1, below: true), 0.5f, l => l.Rate, "Probability of 0.", main: true)),
        Kind.Of("elu", "x where x is above 0, else alpha times (exp(x) - 1).",
            values => new ELU(values.Number("alpha")),
            Key.Optional<ELU>("alpha", new NumberType(float.MinValue), 1f, l => l.Alpha, "How far below 0 it goes.", main: true)),
        Kind.Of("identity", "x as it is: the linear activation.", _ => new Identity()),
        Kind.Of("layer-norm", "The features of each sample less their mean, divided by their standard deviation; then each times a gain plus a "
            + "shift.",
            values => new LayerNorm(values.Number("epsilon")),
            Key.Optional<LayerNorm>("epsilon", Positive, Engine.Operations.LayerNorm.DefaultEpsilon, l => l.Epsilon, Epsilon)),
        Kind.Of("residual", "body(x) + shortcut(x): a block that layers can be skipped by.",
            values => new Residual(Layers(values.Get<ImmutableArray<object>>("body")),
                values.Get<ImmutableArray<object>?>("shortcut") is { } shortcut ? Layers(shortcut) : null),
            Key.Needed<Residual>("body", Block, l => l.Body.Layers, "The layers of the block.", main: true),
            Key.Optional<Residual>("shortcut", new OptionalType(Block, "none"), null, l => l.Shortcut?.Layers,
                "Layers that bring x to the shape of the body's output; none: x as it is.")),
        Kind.Of("softmax", "exp(x) / sum of exp(x) over the features of each sample; the loss softmax-cross-entropy has its own.",
            _ => new Softmax()),
        Kind.Of("step", "1 where x is at least 0, else 0; it has no gradient, so nothing before it can be trained.", _ => new Step()),
    ];

    private static Sequential Layers(ImmutableArray<object> layers) => new([.. layers.Cast<Layer>()]);
}
