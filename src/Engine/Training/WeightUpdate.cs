using Distributed.Engine.Kernels;
using Distributed.Engine.Optimizers;

namespace Distributed.Engine.Training;

/// <summary>The end of a step: mean, regularizer, optimizer.</summary>
/// <remarks><code>
/// Mean    ∇L = (tree root) / B + regularizer's gradient                        slice by slice
/// Judge   whether the step is taken: where loss or ∇L is not finite it is not  once, when both are whole
/// Begin   where the step must be seen whole: clip ∇L to a norm, let a line search decide     once
/// Step    next = optimizer(∇L, weights); a statistic r moves to fma(ρ, x − r, r), x observed   slice by slice
/// </code>Mean and Step work element by element, so any cut into slices gives the same bits; the norm of Begin has its own fixed order
/// (<see cref="Reductions.SumOfSquares"/>).</remarks>
public static class WeightUpdate
{
    /// <summary>Elements that one after another go through mean and optimizer while they are in the nearest cache.</summary>
    public const int BlockElements = 4096;

    /// <summary>Turns a slice of the tree root into the same slice of ∇L, in place.</summary>
    /// <param name="samplesInBatch">B, samples of this step's batch (the last of an epoch may be smaller).</param>
    /// <param name="offset">First element of the slice in the flat vector.</param>
    /// <param name="weights">Weights of the slice before the step.</param>
    public static void Mean(TrainingSetup setup, int samplesInBatch, int offset, Span<float> gradientRoot, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesInBatch, 1);
        if (weights.Length != gradientRoot.Length)
            throw new ArgumentException($"a slice of {gradientRoot.Length} gradients and {weights.Length} weights: equal lengths are wanted");
        TreeMean.Divide(gradientRoot, samplesInBatch);
        setup.Regularizer?.AddGradient(setup.Model.Parameters, offset, weights, gradientRoot);
    }

    /// <summary>The same from the two halves of the tree whose sum is the root.</summary>
    /// <param name="mean">Gets the slice of ∇L; may be <paramref name="left"/>.</param>
    public static void Mean(TrainingSetup setup, int samplesInBatch, int offset, ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> mean,
        ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesInBatch, 1);
        if (left.Length != mean.Length || right.Length != mean.Length || weights.Length != mean.Length)
            throw new ArgumentException($"a slice of {mean.Length} gradients, halves of {left.Length} and {right.Length} and {weights.Length} weights: equal lengths are wanted");
        TreeMean.Of(left, right, samplesInBatch, mean);
        setup.Regularizer?.AddGradient(setup.Model.Parameters, offset, weights, mean);
    }

    /// <summary>Whether <see cref="MeanAndStep"/> does what <see cref="Mean(TrainingSetup, int, int, Span{float}, ReadOnlySpan{float})"/> and
    /// <see cref="Step"/> do one after the other.</summary>
    public static bool IsOnePass(TrainingSetup setup) => setup.Regularizer is null && !setup.NeedsWholeStep && setup.Model.Parameters.IsAllTrained
        && setup.Optimizer is ElementwiseOptimizer;

    /// <summary>Mean and Step at once, so that the slice passes through the caches once and ∇L through no memory: the same bits. Only where
    /// <see cref="IsOnePass"/>.</summary>
    /// <param name="step">Steps taken before this one, 0 at the first.</param>
    /// <param name="left">The slice of the tree root, or of its left half.</param>
    /// <param name="right">Of its right half, to be added; or empty.</param>
    /// <returns>False: an element of ∇L is not finite, and what was made of the slice is worth nothing.</returns>
    /// <inheritdoc cref="Step"/>
    public static bool MeanAndStep(TrainingSetup setup, int samplesInBatch, long step, int offset, ReadOnlySpan<float> left, ReadOnlySpan<float> right,
        ReadOnlySpan<float> weights, Span<float> next, OptimizerState state) =>
        IsOnePass(setup)
            ? ((ElementwiseOptimizer)setup.Optimizer).UpdateFromSums(At(setup, step), offset, left, right, samplesInBatch, weights, next, state)
            : throw new InvalidOperationException("∇L is wanted between mean and step");

    /// <summary>What becomes of a step whose loss and ∇L are whole.</summary>
    /// <param name="gradientIsFinite">Every element of ∇L, those of statistics too: see <see cref="Finite.All"/>. A sum may overflow though each
    /// shard's part is finite, so it is ∇L that decides, not the parts.</param>
    /// <param name="weights">Before the step. Where they are not finite themselves no later step can be better: then none is skipped.</param>
    public static StepVerdict Judge(TrainingSetup setup, in LossSum loss, bool gradientIsFinite, ReadOnlySpan<float> weights, OptimizerState state)
    {
        if ((double.IsFinite(loss.Loss) && gradientIsFinite) || setup.Optimizer.ToleratesInfiniteLoss(state)) return StepVerdict.Take;
        return setup.OnNonFinite == NonFinitePolicy.Skip && Finite.All(weights) ? StepVerdict.Skip : StepVerdict.Stop;
    }

    /// <summary>Where <see cref="TrainingSetup.NeedsWholeStep"/>: called once between the last Mean and the first Step.</summary>
    /// <param name="gradient">∇L, whole; scaled down in place where its norm is above <see cref="TrainingSetup.ClipNorm"/>.</param>
    /// <param name="loss">Over the samples of the step.</param>
    public static void Begin(TrainingSetup setup, long step, in LossSum loss, Span<float> gradient, ReadOnlySpan<float> weights,
        OptimizerState state)
    {
        if (setup.ClipNorm is { } most) Clip(setup, gradient, most);
        if (!setup.Optimizer.NeedsWholeStep) return;
        setup.Optimizer.Begin(new WholeStep
        {
            Step = At(setup, step),
            Loss = (loss.Loss / loss.Samples) + (setup.Regularizer?.Penalty(setup.Model.Parameters, weights) ?? 0),
            Layout = setup.Model.Parameters,
            Gradient = gradient,
            Weights = weights,
        }, state);
    }

    /// <summary>Makes a slice of the next weights.</summary>
    /// <param name="step">Steps taken before this one, 0 at the first.</param>
    /// <param name="offset">First element of the slice in the flat vector.</param>
    /// <param name="gradient">The slice of ∇L.</param>
    /// <param name="weights">Weights of the slice before the step.</param>
    /// <param name="next">Gets the weights after it; not the same memory as <paramref name="weights"/>.</param>
    public static void Step(TrainingSetup setup, long step, int offset, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights,
        Span<float> next, OptimizerState state)
    {
        if (weights.Length != gradient.Length || next.Length != gradient.Length)
            throw new ArgumentException($"a slice of {gradient.Length} gradients, {weights.Length} weights and {next.Length} next "
                + "weights: equal lengths are wanted");
        var at = At(setup, step);
        var layout = setup.Model.Parameters;
        if (layout.IsAllTrained)
        {
            setup.Optimizer.Update(at, offset, gradient, weights, next, state);
            return;
        }
        foreach (var slice in layout.Slices)
        {
            var first = Math.Max(slice.Offset, offset) - offset;
            var count = Math.Min(slice.End, offset + gradient.Length) - offset - first;
            if (count <= 0) continue;
            var g = gradient.Slice(first, count);
            var w = weights.Slice(first, count);
            if (slice.IsTrained) setup.Optimizer.Update(at, offset + first, g, w, next.Slice(first, count), state);
            else Observe(slice.StatisticRate, g, w, next.Slice(first, count));
        }
    }

    private static UpdateStep At(TrainingSetup setup, long step) => new(step,
        setup.RateSchedule?.Factor(step, setup.Layout.BatchesPerEpoch, setup.TotalSteps) ?? 1, step + 1 == setup.TotalSteps)
    { RateSet = setup.RateChanges.At(step) };

    private static void Observe(float rate, ReadOnlySpan<float> observed, ReadOnlySpan<float> statistic, Span<float> next)
    {
        for (var i = 0; i < next.Length; i++) next[i] = MathF.FusedMultiplyAdd(rate, observed[i] - statistic[i], statistic[i]);
    }

    private static void Clip(TrainingSetup setup, Span<float> gradient, float most)
    {
        var squares = 0.0;
        foreach (var slice in setup.Model.Parameters.Slices)
            if (slice.IsTrained) squares += Reductions.SumOfSquares(gradient.Slice(slice.Offset, slice.Count));
        var norm = Math.Sqrt(squares);
        if (!(norm > most)) return;
        var scale = (float)(most / norm);
        foreach (var slice in setup.Model.Parameters.Slices)
            if (slice.IsTrained)
                foreach (ref var element in gradient.Slice(slice.Offset, slice.Count)) element *= scale;
    }
}
