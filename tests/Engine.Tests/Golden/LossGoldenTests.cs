using System.Text.Json;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Golden;

/// <summary>The losses against PyTorch's, one loss a sample, with their gradients.</summary>
public class LossGoldenTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = OperationGolden.Cases("losses");

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float64(string name) => OperationGolden.Compare<double>(Cases[name], Make(Cases[name]), batched: 2, 1e-10);

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float32(string name) => OperationGolden.Compare<float>(Cases[name], Make(Cases[name]), batched: 2, 1e-5);

    private static Operation Make(JsonElement golden) => golden.GetProperty("operation").GetString() switch
    {
        "softmax-cross-entropy" => new SoftmaxCrossEntropy(Settings(golden)),
        "per-pixel-cross-entropy" => new PixelCrossEntropy(Settings(golden)),
        "binary-cross-entropy" => new BinaryCrossEntropy(),
        "multiclass-margin" => new MulticlassMargin(golden.Number("margin")),
        "binary-margin" => new BinaryMargin(golden.Number("margin")),
        "squared-error" => new SquaredError(),
        "absolute-error" => new AbsoluteError(),
        "huber" => new Huber(golden.Number("delta")),
        var other => throw new ArgumentException($"no operation for the golden case \"{other}\""),
    };

    private static LabelSettings Settings(JsonElement golden) =>
        new(golden.Number("smoothing"), [.. golden.Numbers("classWeights").Select(weight => (float)weight)]);
}
