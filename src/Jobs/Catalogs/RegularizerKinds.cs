using Distributed.Engine.Optimizers;

namespace Distributed.Jobs.Catalogs;

internal static class RegularizerKinds
{
    public static Family Family { get; } = new("regularizer", "a regularizer", "regularizers",
        Kind.Of("l2", "A penalty on the squares of the weights, added to the mean loss.",
            values => new L2(values.Number("strength"), values.Get<bool>("form"), values.Get<bool>("on")),
            Key.Needed<L2>("strength", new NumberType(0, 1e30f), l => l.Strength, "The penalty's factor.", main: true),
            Key.Optional<L2>("form", new WordType<bool>("form of l2", ("full", false), ("half", true)), false, l => l.Halved,
                "full: strength times the sum of squares, gradient 2 times strength times w; half: half of that."),
            Key.Optional<L2>("on", new WordType<bool>("target of l2", ("weights", false), ("all", true)), false, l => l.BiasesToo,
                "weights: biases are left out; all: every parameter.")));
}
