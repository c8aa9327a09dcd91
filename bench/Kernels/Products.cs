using BenchmarkDotNet.Attributes;
using Distributed.Engine.Kernels;

namespace Distributed.Kernels;

/// <summary>The matrix products of a fully connected layer: forward, the weight gradient as a tree over 8 shards, and the input gradient.</summary>
[MemoryDiagnoser]
public class Products
{
    private float[] _x = [], _weight = [], _y = [], _weightGradient = [], _inputGradient = [];
    private int[] _offsets = [];

    /// <summary>Samples.</summary>
    [Params(128, 512)]
    public int Batch { get; set; }

    /// <summary>Inputs and outputs of the layer.</summary>
    [ParamsSource(nameof(Layers))]
    public (int Inputs, int Outputs) Layer { get; set; }

    public static IEnumerable<(int, int)> Layers => [(784, 512), (512, 256), (256, 10), (784, 2048), (2048, 2048), (2048, 10), (1568, 128), (128, 10)];

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        _x = Draw(Batch * Layer.Inputs);
        _weight = Draw(Layer.Inputs * Layer.Outputs);
        _y = Draw(Batch * Layer.Outputs);
        (_weightGradient, _inputGradient) = (new float[_weight.Length], new float[_x.Length]);
        _offsets = [.. Enumerable.Range(0, 9).Select(shard => shard * Batch / 8)];

        float[] Draw(int elements) => [.. Enumerable.Range(0, elements).Select(_ => random.NextSingle() - 0.5f)];
    }

    [Benchmark]
    public void Forward() => Gemm.Multiply<float>(false, true, Batch, Layer.Outputs, Layer.Inputs, _x, _weight, _y);

    [Benchmark]
    public void WeightGradient() =>
        Gemm.MultiplyTree<float>(true, false, Layer.Outputs, Layer.Inputs, Batch, _y, _x, _weightGradient, _offsets);

    [Benchmark]
    public void InputGradient() => Gemm.Multiply<float>(false, false, Batch, Layer.Inputs, Layer.Outputs, _y, _weight, _inputGradient);
}
