using System.Text.Json;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Tests.Golden;

/// <summary>Batch and layer normalization against PyTorch's, with all gradients and, for one shard, the running statistics.</summary>
public class NormalizationGoldenTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = OperationGolden.Cases("normalization");

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float64(string name) => Compare<double>(Cases[name], 1e-10);

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float32(string name) => Compare<float>(Cases[name], 1e-5);

    private static void Compare<T>(JsonElement golden, double tolerance) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        if (golden.GetProperty("operation").GetString() == "layer-norm")
        {
            OperationGolden.Compare<T>(golden, new LayerNorm(golden.Number("epsilon")), batched: 1, tolerance);
            return;
        }
        var training = golden.GetProperty("training").GetBoolean();
        var gradient = OperationGolden.Compare<T>(golden, new BatchNorm(golden.Number("epsilon")), batched: 1, tolerance,
            pass => pass with { Training = training });
        if (!training) return;
        var channels = gradient.Length / 4;
        var samples = golden.GetProperty("inputs")[0].GetProperty("shape")[0].GetInt32();
        for (var i = 0; i < 2; i++)
        {
            double[] observed = [.. golden.GetProperty("observed")[i].EnumerateArray().Select(number => number.GetDouble() * samples)];
            OperationGolden.Close<T>(observed, gradient.AsSpan((2 + i) * channels, channels), tolerance, $"observed statistic {i}");
        }
    }
}
