using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;
using Distributed.Engine.Operations;
using Distributed.Engine.Tests.Kernels;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

/// <summary>A sample's numbers, forward and backward, are the same bits whatever else is in the pass.</summary>
public class SampleIndependenceTests
{
    private const int Most = 23;

    /// <summary>Operations on samples of 19 features (no multiple of any vector width), by name.</summary>
    private static readonly Dictionary<string, Func<Value, Value, Value>> PerSample = new()
    {
        ["add"] = (x, y) => x + y,
        ["subtract"] = (x, y) => x - y,
        ["multiply"] = (x, y) => x * y,
        ["divide"] = (x, y) => x / y,
        ["maximum"] = (x, y) => x.Graph.Apply(new Maximum(), x, y),
        ["negate"] = (x, _) => -x,
        ["square"] = (x, _) => x.Graph.Apply(new Square(), x),
        ["exp"] = (x, _) => x.Graph.Apply(new Exp(), x),
        ["log"] = (x, _) => x.Graph.Apply(new Log(), x.Graph.Apply(new Square(), x)),
        ["relu"] = (x, _) => x.Graph.Apply(new Relu(), x),
        ["leaky-relu"] = (x, _) => x.Graph.Apply(new LeakyRelu(), x),
        ["sigmoid"] = (x, _) => x.Graph.Apply(new Sigmoid(), x),
        ["tanh"] = (x, _) => x.Graph.Apply(new Tanh(), x),
        ["minimum"] = (x, y) => x.Min(y),
        ["power"] = (x, y) => x.Square().Power(y),
        ["constant-power"] = (x, _) => x.Power(3),
        ["sqrt"] = (x, _) => x.Square().Sqrt(),
        ["elu"] = (x, _) => x.Elu(),
        ["softmax"] = (x, _) => x.Softmax(),
        ["identity"] = (x, _) => x.Graph.Apply(new Identity(), x),
        ["add-constant"] = (x, _) => x + 1,
        ["scale"] = (x, _) => x * 3,
        ["sum"] = (x, _) => x.Sum(1),
        ["mean"] = (x, _) => x.Mean(1),
        ["broadcast"] = (x, _) => x.Reshape(new Shape(1, 19)).Broadcast(new Shape(Shape.Batch, 3, 19)),
        ["transpose"] = (x, _) => x.Reshape(new Shape(1, 19)).Transpose(),
        ["slice"] = (x, _) => x.Slice(1, 3, 17, 2),
        ["concatenate"] = (x, y) => x.Concatenate(-1, y),
        ["reshape"] = (x, _) => x.Graph.Apply(new Reshape(new Shape(19, 1)), x),
        ["matmul"] = (x, _) => x.Graph.Apply(new MatMul(), x, Parameter(x, "w", 19, 5)),
        ["linear"] = (x, _) => x.Graph.Apply(new Linear(), x, Parameter(x, "w", 5, 19), Parameter(x, "b", 5)),
        ["conv2d"] = (x, _) => x.Graph.Apply(new Conv2d(new Window(2), new Window(3, 2, 1, 1, 0)), Image(x, 2, 3, 3),
            Parameter(x, "w", 4, 2, 2, 3), Parameter(x, "b", 4)),
        ["conv-transpose2d"] = (x, _) => x.Graph.Apply(new ConvTranspose2d(new Window(2, 2), new Window(3)), Image(x, 2, 3, 3),
            Parameter(x, "w", 2, 3, 2, 3), Parameter(x, "b", 3)),
        ["locally-connected"] = (x, _) => x.Graph.Apply(new LocallyConnected(new Window(2), new Window(3)), Image(x, 2, 3, 4),
            Parameter(x, "w", 2, 2, 3, 2, 2, 3), Parameter(x, "b", 3, 2, 2)),
        ["average-pool"] = (x, _) => x.Graph.Apply(new AveragePool(new Window(2), new Window(3, 2, 1, 1, 1)), Image(x, 1, 4, 4)),
        ["l2-pool"] = (x, _) => x.Graph.Apply(new L2Pool(new Window(2), new Window(3, 2, 1, 1, 1)), Image(x, 1, 4, 4)),
        ["l2-pool-maps"] = (x, _) => x.Graph.Apply(new L2PoolMaps(new Window(2, 2)), Image(x, 4, 2, 3)),
        ["unpool"] = (x, _) => x.Graph.Apply(new Unpool(new Window(2, 2), new Window(2, 2)), Image(x, 1, 2, 2),
            x.Graph.Apply(new Reshape(new Shape(1, 4, 4)), x.Graph.Apply(new MatMul(), x, Parameter(x, "mix2", 19, 16)))),
        ["upsample"] = (x, _) => x.Graph.Apply(new Upsample(2, 3), Image(x, 2, 2, 2)),
        ["local-contrast"] = (x, _) => x.Graph.Apply(new LocalContrast(3), Image(x, 2, 4, 4)),
        ["max-pool"] = (x, _) => x.Graph.Apply(new MaxPool(new Window(2), new Window(3, 2, 1, 1, 1)), Image(x, 1, 4, 4)),
        ["squared-error"] = (x, y) => x.Graph.Apply(new SquaredError(), x, y),
        ["softmax-cross-entropy"] = (x, _) => x.Graph.Apply(new SoftmaxCrossEntropy(), x, Labels(x)),
        ["dropout"] = (x, _) => x.Graph.Apply(new Dropout(), x),
        ["batch-norm"] = (x, _) => x.Graph.Apply(new BatchNorm(), x, Parameter(x, "gain", 19), Parameter(x, "shift", 19),
            Parameter(x, "mean", 19), Parameter(x, "variance", 19).Square()),
        ["layer-norm"] = (x, _) => x.Graph.Apply(new LayerNorm(), x, Parameter(x, "gain", 19), Parameter(x, "shift", 19)),
        ["absolute-error"] = (x, y) => x.Graph.Apply(new AbsoluteError(), x, y),
        ["huber"] = (x, y) => x.Graph.Apply(new Huber(0.25f), x, y),
        ["binary-cross-entropy"] = (x, y) => x.Graph.Apply(new BinaryCrossEntropy(), x, y),
        ["pixel-cross-entropy"] = (x, _) => x.Graph.Apply(new PixelCrossEntropy(), x.Reshape(new Shape(19, 1, 1)),
            x.Graph.Input("labels", new Shape(Shape.Batch, 1, 1))),
        ["multiclass-margin"] = (x, _) => x.Graph.Apply(new MulticlassMargin(), x, Labels(x)),
        ["binary-margin"] = (x, _) => x.Graph.Apply(new BinaryMargin(), x.Sum(1).Reshape(new Shape(1)),
            x.Graph.Input("labels", new Shape(Shape.Batch))),
        ["multiclass-hinge"] = (x, _) => x.Graph.Apply(new MulticlassHinge(), x, Labels(x)),
    };

    private static Value Parameter(Value x, string name, params int[] shape) => x.Graph.Parameter(name, new Shape(shape));

    /// <summary>An image made of the 19 features, all of them in every pixel.</summary>
    private static Value Image(Value x, int channels, int height, int width) => x.Graph.Apply(
        new Reshape(new Shape(channels, height, width)), x.Graph.Apply(new MatMul(), x, Parameter(x, "mix", 19, channels * height * width)));

    private static Value Labels(Value x) => x.Graph.Input("labels", new Shape(Shape.Batch));

    public static TheoryData<string> Names => [.. PerSample.Keys];

    [Fact]
    public void Every_operation_is_here()
    {
        var here = PerSample.Keys.Select(name => name.Replace("-", "", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = Cases.Operations.Except(Cases.ForwardOnly).Select(type => type.Name).Where(name => !here.Remove(name)).ToArray();
        Assert.True(missing.Length == 0, $"add to {nameof(PerSample)} of this file: {string.Join(", ", missing)}");
        Assert.True(here.Count == 0, $"no such operation: {string.Join(", ", here)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_alone_has_the_bits_it_has_among_others(string name)
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(Shape.Batch, 19), needsGradient: true);
        var y = graph.Input("y", new Shape(Shape.Batch, 19), needsGradient: true);
        var result = PerSample[name](x, y);
        var root = graph.Apply(new Tanh(), result);
        var random = new Random(name.Length);
        var numbers = graph.Values.Where(value => value.Kind == ValueKind.Input).ToDictionary(value => value,
            value => Enumerable.Range(0, value.Shape.Elements(Most))
                .Select(_ => value.Name == "labels" ? random.Next(name == "binary-margin" ? 2 : 19) : (float)(random.NextDouble() - 0.5)).ToArray());
        float[] parameters = [.. Enumerable.Range(0, graph.Parameters.Count).Select(_ => (float)(random.NextDouble() - 0.5))];

        var whole = Pass(0, Most);
        foreach (var samples in new[] { 1, 2, 3, 7 })
        {
            for (var first = 0; first + samples <= Most; first += samples)
            {
                var part = Pass(first, samples);
                for (var i = 0; i < part.Length; i++)
                {
                    var width = whole[i].Length / Most;
                    Bits.AssertEqual(whole[i].AsSpan(first * width, samples * width), part[i],
                        $"{name}, samples {first} on, {samples} together, part {i}");
                }
            }
        }

        float[][] Pass(int first, int samples)
        {
            var executor = new Executor<float>(graph, root, Most);
            foreach (var (input, all) in numbers.Where(pair => IsNeeded(pair.Key)))
            {
                var width = all.Length / Most;
                all.AsSpan(first * width, samples * width).CopyTo(executor.Input(input, samples));
            }
            executor.Forward(parameters, samples);
            executor.Backward(new float[parameters.Length]);
            return [executor.Values(root).ToArray(), executor.Values(result).ToArray(), executor.GradientOf(x).ToArray()];
        }

        bool IsNeeded(Value input) => input == x || result.Inputs.Contains(input);
    }
}
