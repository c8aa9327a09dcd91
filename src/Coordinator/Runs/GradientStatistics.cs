using System.Runtime.Intrinsics;
using Distributed.Coordinator.Aggregation;
using Distributed.Engine.Graphs;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Runs;

/// <summary>Norm and histogram of ∇L, tensor by tensor, of every so many steps.</summary>
/// <param name="every">Steps.</param>
internal sealed class GradientStatistics(ParameterLayout parameters, long every) : IAggregationProbe
{
    private readonly Lock _lock = new();
    private (double Squares, long[] Counts)[] _now = New(parameters);
    private (double Squares, long[] Counts)[]? _last;
    private long _step = -1;

    public void Counted(in ChunkHeader header)
    {
    }

    public void LossCounted(long step, ShardRange range, in LossSum sum)
    {
    }

    public bool WantsGradient(long step) => step % every == 0;

    public void Gradient(long step, int offset, ReadOnlySpan<float> mean)
    {
        if (step != _step) (_now, _step) = (New(parameters), step);
        var slices = parameters.Slices;
        for (var i = 0; i < slices.Length; i++)
        {
            var (begin, end) = (Math.Max(offset, slices[i].Offset), Math.Min(offset + mean.Length, slices[i].End));
            if (begin >= end) continue;
            var part = mean[(begin - offset)..(end - offset)];
            _now[i].Squares += Squares(part);
            MagnitudeHistogram.Add(part, _now[i].Counts);
        }
    }

    public void Committed(long step, int weightVersions)
    {
        if (step != _step) return;
        lock (_lock) _last = _now;
    }

    /// <summary>The last gradient's and these weights'.</summary>
    public IReadOnlyList<LayerNumbers> With(ReadOnlySpan<float> weights)
    {
        (double Squares, long[] Counts)[]? gradients;
        lock (_lock) gradients = _last;
        var layers = new LayerNumbers[parameters.Slices.Length];
        for (var i = 0; i < layers.Length; i++)
        {
            var slice = parameters.Slices[i];
            var values = weights[slice.Offset..slice.End];
            var counts = new long[MagnitudeHistogram.Buckets];
            MagnitudeHistogram.Add(values, counts);
            layers[i] = new LayerNumbers(slice.Name, Finite(Math.Sqrt(Squares(values))), gradients is null ? null : Finite(Math.Sqrt(gradients[i].Squares)), counts,
                gradients?[i].Counts);
        }
        return layers;
    }

    private static (double, long[])[] New(ParameterLayout parameters) => [.. parameters.Slices.Select(_ => (0.0, new long[MagnitudeHistogram.Buckets]))];

    private static double Squares(ReadOnlySpan<float> values)
    {
        // Eight sums whatever the machine's vectors are, so that the norm is the same everywhere.
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var whole = values.Length - values.Length % Vector256<float>.Count;
        for (var i = 0; i < whole; i += Vector256<float>.Count)
        {
            var (first, second) = Vector256.Widen(Vector256.Create(values[i..]));
            (low, high) = (low + first * first, high + second * second);
        }
        var sum = Vector256.Sum(low + high);
        foreach (var value in values[whole..]) sum += (double)value * value;
        return sum;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
