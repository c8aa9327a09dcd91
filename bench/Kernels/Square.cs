using BenchmarkDotNet.Attributes;
using Distributed.Engine.Kernels;

namespace Distributed.Kernels;

/// <summary>1024 × 1024 × 1024: 2.147 GFLOP.</summary>
public class Square
{
    private const int Size = 1024;

    private readonly float[] _a = Draw(1), _b = Draw(2), _c = new float[Size * Size];

    [Benchmark]
    public void Product() => Gemm.Multiply<float>(false, false, Size, Size, Size, _a, _b, _c);

    private static float[] Draw(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Size * Size).Select(_ => random.NextSingle() - 0.5f)];
    }
}
