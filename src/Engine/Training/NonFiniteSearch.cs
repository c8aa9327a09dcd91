using System.Collections.Immutable;
using Distributed.Engine.Graphs;
using Distributed.Engine.Kernels;

namespace Distributed.Engine.Training;

/// <summary>Finds where a number that is not finite begins: computes shards again and looks at every value and every gradient.</summary>
/// <remarks>
/// A normal pass looks at nothing but its end: loss and gradient. Here one shard after another runs on an executor that keeps each
/// gradient in a buffer of its own, and all is looked at in the order in which it was made:
/// <code>
/// weights    slice by slice, before anything runs
/// forward    features, targets, and each operation's output, in graph order
/// backward   from the loss to the first operation: the gradient of each input, then sums of gradients of values used several times
/// </code>
/// The first one found is the cause in this sense: all that it was computed from is finite. A pass has the same bits again, so the
/// answer is a function of job, data and step, whoever looks. Costs a pass, and memory for the gradients of a shard.
/// </remarks>
public static class NonFiniteSearch
{
    /// <param name="range">The shards to look in.</param>
    /// <param name="weights">Those that the step began with.</param>
    /// <returns>What the first shard with such a number shows; null where each shard's loss and gradient are finite, so that only their sum can
    /// have overflowed.</returns>
    public static NonFiniteFinding? Find(TrainingSetup setup, int epoch, int batch, ShardRange range, ReadOnlyMemory<float> weights)
    {
        if (NonFiniteElement.First(setup.Model.Parameters, 0, weights.Span) is { } wrong)
            return new NonFiniteFinding(NonFiniteOrigin.Weights, range.First, $"\"{wrong.Parameter}\"", wrong.Number, [], 0, NonFiniteSentence.OfWeights(wrong));
        var computer = new ShardComputer(setup, 1, inspects: true);
        var gradient = new float[setup.Model.Parameters.Count];
        for (var shard = range.First; shard < range.End; shard++)
        {
            var loss = computer.Compute(epoch, batch, new ShardRange(shard, 1), weights, gradient);
            if ((!double.IsFinite(loss.Loss) || !Finite.All(gradient)) && Look(setup.Model, computer.Executor, shard) is { } finding) return finding;
        }
        return null;
    }

    private static NonFiniteFinding? Look(Model model, Executor<float> executor, int shard)
    {
        foreach (var value in executor.NeededValues)
        {
            if (value.Kind == ValueKind.Parameter) continue;
            var numbers = executor.Values(value);
            if (Finite.FirstNot(numbers) is >= 0 and var at)
                return Found(Origin(model, value), NonFiniteSentence.Place(model, value), value, numbers, at, NonFiniteSentence.WhyForward(executor, value));
        }
        foreach (var step in executor.BackwardSteps)
        {
            var place = NonFiniteSentence.Place(model, step.Value);
            for (var input = 0; input < step.Value.Inputs.Count; input++)
            {
                if (!executor.HasGradientThrough(step.Value, input)) continue;
                var numbers = executor.GradientThrough(step.Value, input);
                if (Finite.FirstNot(numbers) is >= 0 and var at)
                    return Found(NonFiniteOrigin.Backward, place, step.Value.Inputs[input], numbers, at, NonFiniteSentence.WhyBackward(executor, step.Value));
            }
            foreach (var merge in step.Merges)
            {
                var numbers = executor.GradientOf(merge.Value);
                if (Finite.FirstNot(numbers) is >= 0 and var at)
                    return Found(NonFiniteOrigin.Addition, place, merge.Value, numbers, at, "");
            }
        }
        return null;

        NonFiniteFinding Found(NonFiniteOrigin origin, string place, Value value, ReadOnlySpan<float> numbers, int at, string why)
        {
            var samples = Samples(executor.Pass, value, numbers);
            ImmutableArray<int> named = [.. samples.Take(NonFiniteFinding.MaxSamples)];
            return new NonFiniteFinding(origin, shard, place, numbers[at], named, samples.Count,
                NonFiniteSentence.Of(origin, shard, place, value, at, numbers[at], named, samples.Count, why));
        }
    }

    private static NonFiniteOrigin Origin(Model model, Value value) =>
        value == model.Features ? NonFiniteOrigin.Features
        : value.Kind == ValueKind.Input ? NonFiniteOrigin.Targets
        : NonFiniteOrigin.Forward;

    /// <summary>The samples in whose rows such a number stands; all, where the value has no rows.</summary>
    private static List<int> Samples(in Pass pass, Value value, ReadOnlySpan<float> numbers)
    {
        var samples = new List<int>();
        var width = value.Shape.SampleElements;
        for (var row = 0; row < pass.Samples; row++)
            if (!value.Shape.IsBatched || !Finite.All(numbers.Slice(row * width, width))) samples.Add(pass.SampleId(row));
        return samples;
    }
}
