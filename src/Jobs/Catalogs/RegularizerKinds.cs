using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Catalogs;

internal static class RegularizerKinds
{
    private const string Targets = "weights: biases are left out; all: every parameter.";

    private static readonly NumberType Strength = new(0, 1e30f);
    private static readonly WordType<bool> Form = new("form of l2", ("full", false), ("half", true));
    private static readonly WordType<bool> On = new("target of a penalty", ("weights", false), ("all", true));

    public static Family Family { get; } = new("regularizer", "a regularizer", "regularizers",
        Kind.Of("elastic-net", "l1 and l2 together.",
            values => new ElasticNet(values.Number("absolute"), values.Number("squares"), values.Get<bool>("form"), values.Get<bool>("on")),
            Key.Needed<ElasticNet>("absolute", Strength, e => e.L1, "Factor of the sum of absolute values."),
            Key.Needed<ElasticNet>("squares", Strength, e => e.L2, "Factor of the sum of squares."),
            Key.Optional<ElasticNet>("form", Form, false, e => e.Halved, "As that of l2."),
            Key.Optional<ElasticNet>("on", On, false, e => e.BiasesToo, Targets)),
        Kind.Of("l1", "A penalty on the absolute values of the weights: strength times their sum, gradient strength times the sign.",
            values => new L1(values.Number("strength"), values.Get<bool>("on")),
            Key.Needed<L1>("strength", Strength, l => l.Strength, "The penalty's factor.", main: true),
            Key.Optional<L1>("on", On, false, l => l.BiasesToo, Targets)),
        Kind.Of("l2", "A penalty on the squares of the weights, added to the mean loss.",
            values => new L2(values.Number("strength"), values.Get<bool>("form"), values.Get<bool>("on")),
            Key.Needed<L2>("strength", Strength, l => l.Strength, "The penalty's factor.", main: true),
            Key.Optional<L2>("form", Form, false, l => l.Halved,
                "full: strength times the sum of squares, gradient 2 times strength times w; half: half of that."),
            Key.Optional<L2>("on", On, false, l => l.BiasesToo, Targets)));
}
