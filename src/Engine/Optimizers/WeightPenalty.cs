using Distributed.Engine.Graphs;

namespace Distributed.Engine.Optimizers;

/// <summary>A penalty that is a sum over the weights, and over all other trained parameters too where <paramref name="BiasesToo"/>.</summary>
/// <remarks>No element touches another, so any cut into slices gives the same bits.</remarks>
public abstract record WeightPenalty(bool BiasesToo) : Regularizer
{
    public sealed override void AddGradient(ParameterLayout layout, int offset, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        if (weights.Length != gradient.Length || offset < 0 || weights.Length > layout.Count - offset)
            throw new ArgumentException($"{GetType().Name}: weights and gradient are the same slice of the {layout.Count} parameters, "
                + $"got {weights.Length} and {gradient.Length} elements from {offset} on");
        var end = offset + weights.Length;
        foreach (var slice in layout.Slices)
        {
            if (slice.End <= offset || !Applies(slice)) continue;
            if (slice.Offset >= end) break;
            var first = Math.Max(slice.Offset, offset) - offset;
            var count = Math.Min(slice.End, end) - offset - first;
            Add(weights.Slice(first, count), gradient.Slice(first, count));
        }
    }

    public sealed override double Penalty(ParameterLayout layout, ReadOnlySpan<float> weights)
    {
        var sum = 0.0;
        foreach (var slice in layout.Slices)
            if (Applies(slice)) sum = Sum(sum, weights.Slice(slice.Offset, slice.Count));
        return Scale * sum;
    }

    /// <summary>Adds the gradient of the penalty on <paramref name="weights"/>.</summary>
    protected abstract void Add(ReadOnlySpan<float> weights, Span<float> gradient);

    /// <summary>Goes on with a sum, weight by weight.</summary>
    protected abstract double Sum(double sum, ReadOnlySpan<float> weights);

    /// <summary>What the sum is multiplied by.</summary>
    protected abstract double Scale { get; }

    private bool Applies(ParameterSlice slice) => BiasesToo ? slice.IsTrained : slice.Role == ParameterRole.Weight;
}
