using Distributed.EndToEnd.Tests.Driving;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Training;
using Distributed.Jobs;

namespace Distributed.EndToEnd.Tests.Exporting;

/// <summary>Models that are written as ONNX and run elsewhere: those of the examples, and every layer in its settings.</summary>
internal static class OnnxCases
{
    private static readonly Shape Picture = new(4, 7, 6), Vector = new(9);

    /// <summary>By name: a sample's shape, and layers that take it.</summary>
    public static IReadOnlyDictionary<string, (Shape Sample, Layer[] Layers)> Layers { get; } = new Dictionary<string, (Shape, Layer[])>
    {
        ["average-pool"] = (Picture, [new AveragePool(2)]),
        ["average-pool-padded"] = (Picture, [new AveragePool(new Axes(3, 2)) { Stride = new Axes(2, 1), Padding = new Axes(1, 1) }]),
        ["average-pool-same"] = (Picture, [new AveragePool(4) { Stride = 1, Padding = Padding.Same }]),
        ["average-pool-counted"] = (Picture, [new AveragePool(3) { Stride = 2, Padding = 1, CountPadding = true }]),
        ["batch-norm"] = (Picture, [new BatchNorm()]),
        ["batch-norm-vector"] = (Vector, [new BatchNorm(Epsilon: 0.1f)]),
        ["conv"] = (Picture, [new Conv2d(5)]),
        ["conv-all-settings"] = (Picture,
            [new Conv2d(6) { Kernel = new Axes(2, 3), Stride = new Axes(2, 1), Dilation = new Axes(2, 1), Groups = 2, Padding = new Axes(1, 2) }]),
        ["conv-flipped"] = (Picture, [new Conv2d(3) { Kernel = new Axes(3, 2), Flip = true, Bias = false }]),
        ["conv-same-strided"] = (Picture, [new Conv2d(3) { Kernel = 4, Stride = 2, Padding = Padding.Same }]),
        ["conv-transpose"] = (Picture, [new ConvTranspose2d(5) { Kernel = 4 }]),
        ["conv-transpose-odd"] = (Picture, [new ConvTranspose2d(3) { Kernel = 3, Bias = false }]),
        ["conv-transpose-gaps"] = (Picture, [new ConvTranspose2d(3) { Kernel = 2, Stride = 3 }]),
        ["conv-transpose-all-settings"] = (Picture,
            [new ConvTranspose2d(6) { Kernel = new Axes(3, 2), Stride = new Axes(2, 3), Padding = new Axes(1, 0), OutputPadding = new Axes(1, 2), Dilation = new Axes(2, 1), Groups = 2 }]),
        ["dropout"] = (Vector, [new Dropout(0.3f)]),
        ["dropout-between"] = (Vector, [new Linear(4), new Dropout(0.3f), new Residual(new Sequential(new Linear(4))), new Dropout()]),
        ["elu"] = (Vector, [new ELU(0.7f)]),
        ["flatten"] = (Picture, [new Flatten()]),
        ["flatten-then-linear"] = (Picture, [new Flatten(), new Linear(3)]),
        ["identity"] = (Picture, [new Identity()]),
        ["l2-pool"] = (Picture, [new L2Pool(2)]),
        ["l2-pool-padded"] = (Picture, [new L2Pool(new Axes(3, 2)) { Stride = new Axes(1, 2), Padding = new Axes(2, 1) }]),
        ["l2-pool-same"] = (Picture, [new L2Pool(3) { Stride = 2, Padding = Padding.Same }]),
        ["l2-pool-maps"] = (Picture, [new L2PoolMaps(2)]),
        ["l2-pool-maps-overlapping"] = (Picture, [new L2PoolMaps(3) { Stride = 1 }]),
        ["layer-norm"] = (Vector, [new LayerNorm()]),
        ["layer-norm-picture"] = (Picture, [new LayerNorm(0.01f)]),
        ["leaky-relu"] = (Vector, [new LeakyReLU(0.2f)]),
        ["linear"] = (Vector, [new Linear(4)]),
        ["local-contrast"] = (Picture, [new LocalContrast(5)]),
        ["local-contrast-box"] = (Picture, [new LocalContrast(3) { Gaussian = false, AcrossMaps = false, Epsilon = 0.5f }]),
        ["local-contrast-subtractive"] = (Picture, [new LocalContrast(3) { Divisive = false }]),
        ["local-contrast-divisive"] = (Picture, [new LocalContrast(9) { Subtractive = false }]),
        ["locally-connected"] = (Picture, [new LocallyConnected(3)]),
        ["locally-connected-padded"] = (Picture, [new LocallyConnected(2) { Kernel = new Axes(2, 3), Stride = new Axes(2, 1), Padding = Padding.Same }]),
        ["max-pool"] = (Picture, [new MaxPool(2)]),
        ["max-pool-padded"] = (Picture, [new MaxPool(new Axes(3, 2)) { Stride = 2, Padding = new Axes(1, 0) }]),
        ["relu"] = (Vector, [new ReLU()]),
        ["residual"] = (Vector, [new Residual(new Sequential(new Linear(9), new ReLU())), new Residual(new Sequential(new Linear(5)), new Sequential(new Linear(5)))]),
        ["sequential"] = (Vector, [new Sequential(new Linear(5), new Tanh()), new Linear(2)]),
        ["sigmoid"] = (Vector, [new Sigmoid()]),
        ["softmax"] = (Vector, [new Softmax()]),
        ["step"] = (Vector, [new Step()]),
        ["tanh"] = (Vector, [new Tanh()]),
        ["unpool"] = (Picture, [new MaxPool(2), new Conv2d(4), new Unpool()]),
        ["unpool-overlapping"] = (Picture, [new MaxPool(3) { Stride = 1, Padding = 1 }, new Tanh(), new Unpool()]),
        ["upsample"] = (Picture, [new Upsample(new Axes(2, 3))]),
    };

    public static IReadOnlyList<string> Examples { get; } =
        [.. Directory.GetFiles(Path.Combine(Script.Root, "examples"), "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static Model Model(string name) => Layers.TryGetValue(name, out var some) ? Of(some.Sample, new Sequential(some.Layers)) : Example(name);

    /// <summary>Weights of a model that has been trained for a while, as far as one can tell: nothing is 0, or at its beginning.</summary>
    public static float[] Weights(Model model, Random random)
    {
        var weights = model.Parameters.InitialWeights(7);
        foreach (var slice in model.Parameters.Slices.Where(slice => slice.Role != ParameterRole.Weight))
            for (var i = slice.Offset; i < slice.End; i++)
                weights[i] = slice.Name.EndsWith(".variance", StringComparison.Ordinal) || slice.Name.EndsWith(".gain", StringComparison.Ordinal)
                    ? 0.5f + random.NextSingle()
                    : random.NextSingle() - 0.5f;
        return weights;
    }

    private static Model Of(Shape sample, Layer network)
    {
        var scores = network.Apply(new Graph().Input("features", Shape.Batched(sample)), "", []).Shape.Sample;
        return new Model(network, sample, new ValueTarget(scores), new SquaredLoss());
    }

    /// <summary>The model alone matters: of data that is made a few samples do, and MNIST need not be here.</summary>
    private static Model Example(string name)
    {
        var path = Path.Combine(Script.Root, "examples", $"{name}.yaml");
        var job = JobFile.ReadResolved(path);
        if (job.Data is not IdxData)
            return (job.Data is GlyphsData or ScenesData ? JobFile.ReadResolved(path, ["data.count=8", "data.test.draw=1"]) : job)
                .Prepare(new PrepareOptions { BaseFolder = Script.Root }).Model;
        var digits = new Shape(1, 28, 28);
        return new Model(job.Model, digits, job.Target == TargetSource.Features ? new ValueTarget(digits) : new ClassTarget(10), job.Loss);
    }
}
