using BenchmarkDotNet.Attributes;
using Distributed.Engine.Kernels;
using Distributed.Engine.Optimizers;

namespace Distributed.Kernels;

/// <summary>What a step does to every parameter besides the gradient.</summary>
public class Updates
{
    private float[] _gradient = [], _weights = [], _next = [];
    private OptimizerState _sgd = null!, _adam = null!;

    private static readonly Sgd s_sgd = new(0.05f, 0.9f);
    private static readonly Adam s_adam = new(0.001f);

    /// <summary>A chunk, and the mlp of the table.</summary>
    [Params(1 << 16, 535_818)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        _gradient = [.. Enumerable.Range(0, Elements).Select(_ => random.NextSingle() - 0.5f)];
        (_weights, _next) = ([.. _gradient], new float[Elements]);
        (_sgd, _adam) = (s_sgd.NewState(Elements), s_adam.NewState(Elements));
    }

    [Benchmark]
    public void Momentum() => s_sgd.Update(new UpdateStep(0), 0, _gradient, _weights, _next, _sgd);

    [Benchmark]
    public void Adam() => s_adam.Update(new UpdateStep(0), 0, _gradient, _weights, _next, _adam);

    [Benchmark]
    public bool AllFinite() => Finite.All(_gradient);

    [Benchmark(Baseline = true)]
    public void Copy() => _gradient.CopyTo(_next, 0);
}
