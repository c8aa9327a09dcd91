using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>Random instances of the operations that graphs are written with: powers, sums over axes, broadcast, cuts.</summary>
internal static class GraphCases
{
    public static IReadOnlyDictionary<Type, Func<CaseBuilder, Value>> All { get; } = new Dictionary<Type, Func<CaseBuilder, Value>>
    {
        [typeof(Minimum)] = build => build.OneOf(true, false)
            ? Spread(build, new Minimum())
            : Elementwise(build, shape => build.Apply(new Minimum(), build.Leaf(shape), build.Leaf(shape))),
        [typeof(Power)] = build => Spread(build, new Power(), positive: true),
        [typeof(ConstantPower)] = build =>
        {
            var exponent = build.OneOf(0, 1, 2, 3, 5, -1, -2, 0.5, -1.5, 2.25);
            return build.Apply(new ConstantPower(exponent), build.Any(positive: exponent < 0 || exponent != Math.Floor(exponent)));
        },
        [typeof(Sqrt)] = build => build.Apply(new Sqrt(), build.Any(positive: true)),
        [typeof(Identity)] = build => build.Apply(new Identity(), build.Any()),
        [typeof(Step)] = build => build.Apply(new Step(), build.Any()),
        [typeof(AddConstant)] = build => build.Apply(new AddConstant(build.OneOf(1, -0.3)), build.Any()),
        [typeof(Scale)] = build => build.Apply(new Scale(build.OneOf(-1, 0.3)), build.Any()),
        [typeof(Elu)] = build => build.Apply(new Elu(build.OneOf(1, 0.3f)), build.Any()),
        [typeof(Softmax)] = build => build.Apply(new Softmax(), build.Leaf(SomeAxes(build))),
        [typeof(Sum)] = build => OverAxes(build, axes => new Sum(axes, build.OneOf(true, false))),
        [typeof(Mean)] = build => OverAxes(build, axes => new Mean(axes, build.OneOf(true, false))),
        [typeof(Broadcast)] = build =>
        {
            var to = SomeAxes(build);
            return build.Apply(new Broadcast(to), build.Leaf(Narrowed(build, to)));
        },
        [typeof(Transpose)] = build =>
        {
            var shape = SomeAxes(build);
            int[] order = [.. Enumerable.Range(0, shape.Rank)];
            for (var d = shape.IsBatched ? 2 : 1; d < order.Length; d++)
            {
                var other = build.Between(shape.IsBatched ? 1 : 0, d);
                (order[d], order[other]) = (order[other], order[d]);
            }
            return build.Apply(build.OneOf(new Transpose(), new Transpose(order)), build.Leaf(shape));
        },
        [typeof(Slice)] = build =>
        {
            var shape = SomeAxes(build);
            var axis = SampleAxis(build, shape);
            var (first, last) = (build.Between(0, shape[axis] - 1), build.Between(0, shape[axis] - 1));
            return build.Apply(build.OneOf(
                first <= last ? new Slice(axis, first, last + 1, build.Between(1, 2))
                    : new Slice(axis, first, last == 0 ? null : last - 1, -build.Between(1, 2)),
                new Slice(axis - shape.Rank, -1, null, -1), new Slice(axis, step: 2)), build.Leaf(shape));
        },
        [typeof(Concatenate)] = build =>
        {
            var shape = SomeAxes(build);
            var axis = SampleAxis(build, shape);
            var parts = new Value[build.Between(1, 3)];
            for (var i = 0; i < parts.Length; i++)
            {
                int[] extents = [.. shape.Extents];
                extents[axis] = build.Between(1, 2);
                parts[i] = build.Leaf(new Shape(extents));
            }
            return build.Apply(new Concatenate(build.OneOf(axis, axis - shape.Rank)), parts);
        },
    };

    /// <summary>Two inputs of which one, the other or both are spread over the output.</summary>
    public static Value Spread(CaseBuilder build, Operation operation, bool positive = false)
    {
        var whole = SomeAxes(build);
        var (left, right) = (Narrowed(build, whole), Narrowed(build, whole));
        return build.Apply(operation, build.Leaf(left, positive), build.Leaf(right));
    }

    private static Value Elementwise(CaseBuilder build, Func<Shape, Value> make) => make(SomeAxes(build));

    private static Value OverAxes(CaseBuilder build, Func<int[], Operation> make)
    {
        var shape = SomeAxes(build);
        int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(_ => build.OneOf(true, false))
            .Select(d => build.OneOf(d, d - shape.Rank))];
        return build.Apply(make(axes), build.Leaf(shape));
    }

    /// <summary>One to three axes of at most 3 in the sample: two tensors of that size find enough distinct numbers.</summary>
    private static Shape SomeAxes(CaseBuilder build)
    {
        var extents = new int[build.Between(1, 3)];
        for (var d = 0; d < extents.Length; d++) extents[d] = build.Between(1, 3);
        return build.MaybeBatched(new Shape(extents));
    }

    private static int SampleAxis(CaseBuilder build, Shape shape) => build.Between(shape.IsBatched ? 1 : 0, shape.Rank - 1);

    /// <summary>A shape that is spread over <paramref name="whole"/>: some extents 1, or some in front missing.</summary>
    private static Shape Narrowed(CaseBuilder build, Shape whole)
    {
        int[] extents = [.. whole.Extents];
        for (var d = 0; d < extents.Length; d++)
            if (build.Between(0, 2) == 0) extents[d] = 1;
        return new Shape(extents.AsSpan(build.OneOf(0, 0, build.Between(0, extents.Length))));
    }
}
