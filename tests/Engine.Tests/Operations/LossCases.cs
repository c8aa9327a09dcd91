using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Random instances of the losses' operations.</summary>
internal static class LossCases
{
    public static IReadOnlyDictionary<Type, Func<CaseBuilder, Value>> All { get; } = new Dictionary<Type, Func<CaseBuilder, Value>>
    {
        [typeof(SoftmaxCrossEntropy)] = build => OfScores(build, classes => new SoftmaxCrossEntropy(Settings(build, classes))),
        [typeof(PixelCrossEntropy)] = build =>
        {
            var (classes, height, width) = (build.Between(2, 3), build.Between(1, 3), build.Between(1, 3));
            var scores = build.Leaf(build.MaybeBatched(new Shape(classes, height, width)));
            var labels = new Shape(height, width);
            return build.Apply(new PixelCrossEntropy(Settings(build, classes)), scores,
                build.Classes(scores.Shape.IsBatched ? Shape.Batched(labels) : labels, classes));
        },
        [typeof(MulticlassHinge)] = build => OfScores(build, _ => new MulticlassHinge(build.OneOf(1, 2))),
        [typeof(MulticlassMargin)] = build => OfScores(build, _ => new MulticlassMargin(build.OneOf(0, 1, 2))),
        [typeof(BinaryMargin)] = build =>
        {
            var scores = build.Leaf(build.MaybeBatched(new Shape(1)));
            return build.Apply(new BinaryMargin(build.OneOf(0, 1)), scores, build.Labels(scores.Shape.IsBatched, 2));
        },
        [typeof(BinaryCrossEntropy)] = build => OfNumbers(build, new BinaryCrossEntropy()),
        [typeof(SquaredError)] = build => OfNumbers(build, new SquaredError()),
        [typeof(AbsoluteError)] = build => OfNumbers(build, new AbsoluteError()),
        [typeof(Huber)] = build => OfNumbers(build, new Huber(build.OneOf(0.5f, 1, 2))),
    };

    private static LabelSettings Settings(CaseBuilder build, int classes) => build.OneOf(0, 1, 2) switch
    {
        0 => LabelSettings.Plain,
        1 => new LabelSettings(0.25f),
        _ => new LabelSettings(build.OneOf(0, 0.125f), [.. Enumerable.Range(0, classes).Select(c => 0.5f + c)]),
    };

    private static Value OfScores(CaseBuilder build, Func<int, Operation> operation)
    {
        var classes = build.Extent() + 1;
        var scores = build.Leaf(build.MaybeBatched(new Shape(classes)));
        return build.Apply(operation(classes), scores, build.Labels(scores.Shape.IsBatched, classes));
    }

    private static Value OfNumbers(CaseBuilder build, Operation operation)
    {
        var shape = build.MaybeBatched(new Shape(build.Extent()));
        return build.Apply(operation, build.Leaf(shape), build.Leaf(shape));
    }
}
