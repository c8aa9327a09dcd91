using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Random instances of dropout and the normalizations.</summary>
internal static class NormCases
{
    public static IReadOnlyDictionary<Type, Func<CaseBuilder, Value>> All { get; } = new Dictionary<Type, Func<CaseBuilder, Value>>
    {
        [typeof(Dropout)] = build => build.Apply(new Dropout(build.OneOf(0, 0.25f, 0.5f)), build.Any()),
        [typeof(BatchNorm)] = build =>
        {
            var channels = build.Between(1, 3);
            var sample = build.OneOf(new Shape(channels), new Shape(channels, 2, 3), new Shape(channels, 5));
            var one = new Shape(channels);
            // A large ε: else two numbers of the grid beside each other make a curve too sharp for central differences.
            return build.Apply(new BatchNorm(build.OneOf(0.5f, 1)), build.Leaf(Shape.Batched(sample)), build.Leaf(one), build.Leaf(one),
                build.Fixed(one), build.Fixed(one, positive: true));
        },
        [typeof(LayerNorm)] = build =>
        {
            var sample = build.OneOf(new Shape(build.Extent()), new Shape(2, build.Extent()));
            return build.Apply(new LayerNorm(build.OneOf(0.5f, 1)), build.Leaf(build.MaybeBatched(sample)), build.Leaf(sample),
                build.Leaf(sample));
        },
    };
}
