namespace Distributed.Engine.Optimizers;

/// <summary>An optimizer whose elements do not touch each other, so that its formula for one element is all there is to it.</summary>
/// <remarks>Any cut of the flat vector into slices gives the same bits, and so does every vector width: the formula is made of what
/// IEEE 754 defines to the bit (fused multiply-add, product, quotient, square root) and written once for all of them.</remarks>
public abstract record ElementwiseOptimizer : Optimizer
{
    public sealed override bool HasRate => true;

    /// <summary>As a job names it.</summary>
    private protected abstract string Kind { get; }

    public sealed override void Update(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state) =>
        Apply(step, new UpdateSlice(Kind, offset, gradient, weights, next, state), plain: false);

    /// <summary>The same bits as <see cref="Update"/>, one element after another.</summary>
    internal void UpdateReference(in UpdateStep step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state) =>
        Apply(step, new UpdateSlice(Kind, offset, gradient, weights, next, state), plain: true);

    /// <summary>The same bits as <see cref="Update"/> with the mean of sums over the samples, which passes through no memory.</summary>
    /// <param name="left">The sums, or the left half of them.</param>
    /// <param name="right">The right half, to be added; or empty.</param>
    /// <param name="samples">What the sums are divided by.</param>
    /// <returns>False: an element of the mean is not finite. The slice is stepped all the same.</returns>
    internal bool UpdateFromSums(in UpdateStep step, int offset, ReadOnlySpan<float> left, ReadOnlySpan<float> right, int samples,
        ReadOnlySpan<float> weights, Span<float> next, OptimizerState state) =>
        Apply(step, new UpdateSlice(Kind, offset, left, right, samples, weights, next, state), plain: false);

    /// <summary>Applies the step's formula to the slice.</summary>
    /// <returns>False: an element of ∇L was made from sums here, and is not finite.</returns>
    private protected abstract bool Apply(in UpdateStep step, in UpdateSlice slice, bool plain);
}
