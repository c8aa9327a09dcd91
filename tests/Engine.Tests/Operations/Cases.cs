using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Operations;

/// <summary>One random instance of an operation: a graph, a root and numbers, away from kinks.</summary>
/// <param name="Batched">Inputs that carry a batch dimension.</param>
internal sealed record Case(Graph Graph, Value Root, Dictionary<Value, double[]> Inputs, double[] Parameters, int Samples);

/// <summary>How to make random instances of every operation.</summary>
internal static partial class Cases
{
    /// <summary>By operation: from random choices, a graph with the operation in it.</summary>
    public static IReadOnlyDictionary<Type, Func<CaseBuilder, Value>> All { get; } = Merge(Basic(), GraphCases.All, LossCases.All, NormCases.All);

    private static Dictionary<Type, Func<CaseBuilder, Value>> Basic() => new()
    {
        [typeof(Add)] = build => Pair(build, new Add()),
        [typeof(Subtract)] = build => Pair(build, new Subtract()),
        [typeof(Multiply)] = build => Pair(build, new Multiply()),
        [typeof(Divide)] = build => Pair(build, new Divide()),
        [typeof(Maximum)] = build => Pair(build, new Maximum()),
        [typeof(Negate)] = build => build.Apply(new Negate(), build.Any()),
        [typeof(Square)] = build => build.Apply(new Square(), build.Any()),
        [typeof(Exp)] = build => build.Apply(new Exp(), build.Any()),
        [typeof(Log)] = build => build.Apply(new Log(), build.Any(positive: true)),
        [typeof(Relu)] = build => build.Apply(new Relu(), build.Any()),
        [typeof(LeakyRelu)] = build => build.Apply(new LeakyRelu(build.Alpha()), build.Any()),
        [typeof(Sigmoid)] = build => build.Apply(new Sigmoid(), build.Any()),
        [typeof(Tanh)] = build => build.Apply(new Tanh(), build.Any()),
        [typeof(Reshape)] = build =>
        {
            var value = build.Any();
            return build.Apply(new Reshape(new Shape(1, value.Shape.SampleElements)), value);
        },
        [typeof(MatMul)] = build =>
        {
            var (m, k, n) = (build.OneOf(Shape.Batch, build.Extent()), build.Extent(), build.Extent());
            return build.Apply(new MatMul(), build.Leaf(new Shape(m, k)), build.Leaf(new Shape(k, n)));
        },
        [typeof(Linear)] = build =>
        {
            var (inputs, outputs) = (build.Extent(), build.Extent());
            var x = build.Leaf(build.MaybeBatched(new Shape(inputs)));
            return build.Apply(new Linear("fc"), x, build.Leaf(new Shape(outputs, inputs)), build.Leaf(new Shape(outputs)));
        },
        [typeof(Conv2d)] = Convolution,
        [typeof(ConvTranspose2d)] = TransposedConvolution,
        [typeof(LocallyConnected)] = LocalWindows,
        [typeof(MaxPool)] = build => build.Apply(new MaxPool(PoolWindow(build), PoolWindow(build)), Image(build)),
        [typeof(AveragePool)] = build => build.Apply(new AveragePool(PoolWindow(build), PoolWindow(build), build.OneOf(true, false)),
            Image(build)),
        [typeof(L2Pool)] = build => build.Apply(new L2Pool(PoolWindow(build), PoolWindow(build)), Image(build)),
        [typeof(L2PoolMaps)] = build => build.Apply(new L2PoolMaps(new Window(build.OneOf(1, 2, 3), build.OneOf(1, 2, 3))), Image(build, 4)),
        [typeof(Unpool)] = Unpooling,
        [typeof(Upsample)] = build => build.Apply(new Upsample(build.OneOf(1, 2, 3), build.OneOf(1, 2)), Image(build)),
        [typeof(LocalContrast)] = build => build.Apply(new LocalContrast(build.OneOf(1, 3, 5), build.OneOf(true, false),
            build.OneOf(true, true, false), build.OneOf(true, true, false), build.OneOf(true, false), build.OneOf(1e-4f, 0.7f)), Image(build)),
    };

    /// <summary>Operations that have no gradient by their nature.</summary>
    public static IReadOnlySet<Type> ForwardOnly { get; } = new HashSet<Type> { typeof(Step) };

    /// <summary>Operations of the engine, found in its assembly.</summary>
    public static IEnumerable<Type> Operations => typeof(Operation).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Operation)) && !type.IsSubclassOf(typeof(FusedOperation)) && !type.IsAbstract);

    public static Case Make(Type operation, int seed)
    {
        var builder = new CaseBuilder(seed);
        return builder.Finish(All[operation](builder));
    }

    private static Dictionary<Type, Func<CaseBuilder, Value>> Merge(
        params IReadOnlyDictionary<Type, Func<CaseBuilder, Value>>[] families) => new(families.SelectMany(family => family));

    private static Value Pair(CaseBuilder build, Operation operation)
    {
        var shape = build.AnyShape();
        return build.OneOf(0, 1, 2, 3) switch
        {
            0 => build.Apply(operation, build.Leaf(shape), build.Leaf(shape)),
            1 => build.Apply(operation, build.Leaf(shape), build.Leaf(Shape.Scalar)),
            2 => build.Apply(operation, build.Leaf(Shape.Scalar), build.Leaf(shape)),
            _ => GraphCases.Spread(build, operation),
        };
    }
}
