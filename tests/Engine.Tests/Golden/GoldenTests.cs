using System.Numerics;
using System.Text.Json;
using Distributed.Engine.Graphs;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Tests.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Golden;

/// <summary>Whole models against PyTorch's scores, losses and gradients; make_golden.py beside this file writes the numbers.</summary>
public class GoldenTests
{
    private static readonly string[] Files =
    [
        "relu-softmax-cross-entropy",
        "tanh-multiclass-hinge",
        "sigmoid-squared",
        "leaky-relu-softmax-cross-entropy",
    ];

    public static TheoryData<string> Names => [.. Files];

    private static (Sequential Network, Loss Loss) Model(string name) => name switch
    {
        "relu-softmax-cross-entropy" =>
            (new(new Flatten(), new Linear(7), new ReLU(), new Linear(5), new ReLU(), new Linear(3)), new SoftmaxCrossEntropyLoss()),
        "tanh-multiclass-hinge" => (new(new Linear(6), new Tanh(), new Linear(4)), new MulticlassHingeLoss()),
        "sigmoid-squared" =>
            (new(new Linear(6), new Sigmoid(), new Linear(5), new Sigmoid(), new Linear(3)), new SquaredLoss()),
        "leaky-relu-softmax-cross-entropy" =>
            (new(new Flatten(), new Linear(6), new LeakyReLU(), new Linear(4), new LeakyReLU(), new Linear(5)),
                new SoftmaxCrossEntropyLoss()),
        _ => throw new ArgumentException($"no model for the golden file \"{name}\""),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float64(string name) => Compare<double>(name, "float64", 1e-10);

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float32(string name) => Compare<float>(name, "float32", 1e-5);

    [Fact]
    public void Every_golden_file_is_compared() => Assert.Equal(
        Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Order(),
        Files.Concat(OperationGolden.Families).Append(OptimizerGoldenTests.Family).Order());

    private static string Folder => OperationGolden.Folder;

    private static void Compare<T>(string name, string precision, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")));
        var golden = file.RootElement;
        var (network, loss) = Model(name);
        var sampleShape = new Shape([.. golden.GetProperty("sampleShape").EnumerateArray().Select(extent => extent.GetInt32())]);
        var model = new Model(network, sampleShape, golden.GetProperty("classes").GetInt32(), loss);
        var labels = golden.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32()).ToArray();
        var samples = labels.Length;

        var parameters = golden.GetProperty("parameters").EnumerateArray().ToList();
        Assert.Equal(parameters.Select(parameter => $"[{string.Join(", ", parameter.GetProperty("shape").EnumerateArray())}]").ToList(),
            model.Parameters.Slices.Select(slice => $"{slice.Shape}").ToList());
        T[] weights = [.. parameters.SelectMany(parameter => Numbers<T>(parameter.GetProperty("values")))];

        var executor = new Executor<T>(model.Graph, model.Losses, samples);
        Numbers<T>(golden.GetProperty("features")).CopyTo(executor.Input(model.Features, samples));
        WriteTargets(model, labels, executor.Input(model.Targets, samples));
        executor.Forward(weights, new Pass(new[] { 0, 2, 4, 6, samples }));
        var gradient = new T[weights.Length];
        executor.Backward(gradient);

        var wanted = golden.GetProperty(precision);
        OperationGolden.Close<T>(Numbers<double>(wanted.GetProperty("scores")), executor.Values(model.Scores), tolerance, "scores");
        OperationGolden.Close<T>(Numbers<double>(wanted.GetProperty("losses")), executor.Values(model.Losses), tolerance, "losses");
        foreach (var (slice, numbers) in model.Parameters.Slices.Zip(wanted.GetProperty("gradients").EnumerateArray()))
            OperationGolden.Close<T>(Numbers<double>(numbers), gradient.AsSpan(slice.Offset, slice.Count), tolerance, slice.Name);
    }

    private static void WriteTargets<T>(Model model, int[] labels, Span<T> targets) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var target = new float[targets.Length / labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            model.Loss.WriteTarget(model.Target, [labels[i]], target);
            for (var j = 0; j < target.Length; j++) targets[(i * target.Length) + j] = T.CreateChecked(target[j]);
        }
    }

    private static T[] Numbers<T>(JsonElement array) where T : unmanaged, IFloatingPointIeee754<T> =>
        [.. array.EnumerateArray().Select(number => T.CreateChecked(number.GetDouble()))];
}
