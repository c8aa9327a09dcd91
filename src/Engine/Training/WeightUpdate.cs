using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distributed.Engine.Optimizers;

namespace Distributed.Engine.Training;

/// <summary>The end of a step for a slice of the flat vector: mean, regularizer, optimizer.</summary>
/// <remarks><code>
/// ∇L = (tree root) / B + regularizer's gradient;  next = optimizer(∇L, weights)
/// </code>Every part works element by element, so any cut into slices gives the same bits.</remarks>
public static class WeightUpdate
{
    /// <param name="step">Steps taken before this one, 0 at the first.</param>
    /// <param name="samplesInBatch">B, samples of this step's batch (the last of an epoch may be smaller).</param>
    /// <param name="offset">First element of the slice in the flat vector.</param>
    /// <param name="gradientRoot">In: the root of the reduction tree. Out: ∇L, regularizer included.</param>
    /// <param name="weights">Weights of the slice before the step.</param>
    /// <param name="next">Gets the weights after it; not the same memory as <paramref name="weights"/>.</param>
    public static void Apply(TrainingSetup setup, long step, int samplesInBatch, int offset, Span<float> gradientRoot,
        ReadOnlySpan<float> weights, Span<float> next, OptimizerState state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesInBatch, 1);
        if (weights.Length != gradientRoot.Length || next.Length != gradientRoot.Length)
            throw new ArgumentException($"a slice of {gradientRoot.Length} gradients, {weights.Length} weights and {next.Length} next "
                + "weights: equal lengths are wanted");
        Divide(gradientRoot, samplesInBatch);
        setup.Regularizer?.AddGradient(setup.Model.Parameters, offset, weights, gradientRoot);
        setup.Optimizer.Update(step, offset, gradientRoot, weights, next, state);
    }

    /// <summary>Each element divided by <paramref name="divisor"/>, correctly rounded: not a product with a rounded reciprocal.</summary>
    private static void Divide(Span<float> values, float divisor)
    {
        ref var start = ref MemoryMarshal.GetReference(values);
        var divisors = Vector512.Create(divisor);
        var i = 0;
        for (; i <= values.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            (Vector512.LoadUnsafe(ref start, (nuint)i) / divisors).StoreUnsafe(ref start, (nuint)i);
        for (; i < values.Length; i++) values[i] /= divisor;
    }
}
