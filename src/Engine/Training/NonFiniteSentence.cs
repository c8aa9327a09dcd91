using System.Globalization;
using Distributed.Engine.Graphs;
using Distributed.Engine.Operations;

namespace Distributed.Engine.Training;

/// <summary>Says in words where a number that is not finite comes from, and what to try.</summary>
public static class NonFiniteSentence
{
    private const string TooLarge = "Try a smaller learning rate, clip_norm, or data that is scaled.";

    /// <summary>For a step in which a shard is to blame: all but the name of a checkpoint.</summary>
    /// <param name="sentence">Of the shard's <see cref="NonFiniteFinding"/>.</param>
    public static string OfShard(TrainingSetup setup, long step, string sentence) => $"{Step(setup, step)}: {sentence}";

    /// <summary>For a step whose shards are finite, each by itself.</summary>
    /// <param name="element">Of ∇L; null where ∇L is finite.</param>
    public static string OfRoot(TrainingSetup setup, long step, in LossSum loss, NonFiniteElement? element) => element is { } wrong
        ? $"{Step(setup, step)}: the gradient of \"{wrong.Parameter}\" is {Text(wrong.Number)} (element {wrong.Element}) once the shards are "
            + $"added{(setup.Regularizer is null ? "" : " and the regularizer with them")}, though each shard's own is finite: "
            + $"the sum is too large for float32. {TooLarge}"
        : $"{Step(setup, step)}: the loss is {Text(loss.Loss)}, but computed again each shard's is finite: a machine of this run computes wrongly.";

    /// <summary>What is not finite in a step, in a few words: for the record of a step that was skipped.</summary>
    /// <param name="element">Of ∇L; null where ∇L is finite.</param>
    public static string Brief(in LossSum loss, NonFiniteElement? element) => !double.IsFinite(loss.Loss) ? $"the loss is {Text(loss.Loss)}"
        : element is { } wrong ? $"the gradient of \"{wrong.Parameter}\" is {Text(wrong.Number)}"
        : throw new ArgumentException("loss and gradient are finite", nameof(element));

    /// <summary>Where the weights that a step begins with are not finite, so that no shard is to blame.</summary>
    public static string OfWeights(NonFiniteElement wrong) =>
        $"the weights \"{wrong.Parameter}\" are not finite already before the step (element {wrong.Element} is {Text(wrong.Number)}): "
        + "the update before it made them so. Try a smaller learning rate or clip_norm.";

    /// <summary>Where the run's last update went wrong.</summary>
    public static string OfLastWeights(NonFiniteElement wrong) =>
        $"the weights \"{wrong.Parameter}\" are not finite after the last step (element {wrong.Element} is {Text(wrong.Number)}). "
        + "Try a smaller learning rate or clip_norm.";

    /// <param name="place">Of the operation, or what holds the number.</param>
    /// <param name="value">Whose numbers they are; for gradients: to which they flow.</param>
    /// <param name="at">Index of the first such number.</param>
    /// <param name="named">Samples that are named.</param>
    /// <param name="count">Samples that there are.</param>
    internal static string Of(NonFiniteOrigin origin, int shard, string place, Value value, int at, float number, IReadOnlyCollection<int> named, int count, string why)
    {
        var samples = Samples(named, count);
        var element = at % value.Shape.SampleElements;
        var of = value.Kind == ValueKind.Parameter ? $"\"{value.Name}\", a sum over {samples}," : $"its input for {samples}";
        return $"in shard {shard}, " + origin switch
        {
            NonFiniteOrigin.Features => $"the features of {samples} hold {Text(number)} (element {element}). "
                + "Repair or remove such samples, or scale the data otherwise.",
            NonFiniteOrigin.Targets => $"the target of {samples} is {Text(number)} (element {element}). Repair or remove such samples.",
            NonFiniteOrigin.Forward => $"{place} is the first operation whose output is not finite: {Text(number)} for {samples}, {why}",
            NonFiniteOrigin.Backward => $"all values are finite, and {place} is the first operation to pass back a gradient that is not: "
                + $"{Text(number)} for {of} {why}",
            _ => $"all values are finite, but the gradients of {(value.Kind == ValueKind.Parameter ? $"\"{value.Name}\"" : "the input of " + place)}, "
                + $"which is used several times, add up to {Text(number)} for {samples}. {TooLarge}",
        };
    }

    /// <summary>The operation that made a value and where it stands, or "features" and "targets".</summary>
    internal static string Place(Model model, Value value)
    {
        if (value.Operation is not { } operation) return value == model.Features ? "features" : "targets";
        if (model.Graph.LayerOf(value) is { } layer) return $"{operation.Name} in layer \"{layer.Name}\"";
        return value.Index > model.Scores.Index ? $"{operation.Name} in the loss {model.Loss.Name}" : operation.Name;
    }

    internal static string WhyForward(Executor<float> executor, Value value) => value.Operation switch
    {
        null => "",
        Log => "since a logarithm is finite only above 0. Keep its input away from 0.",
        Divide when executor.Values(value.Inputs[1]).Contains(0f) => "since it divides by 0. Keep its divisor away from 0.",
        Sqrt => "since only numbers from 0 on have a square root. Keep its input at or above 0.",
        _ => $"though its inputs are; they reach {Largest(executor, value)}, and float32 ends at 3.4e+38. {TooLarge}",
    };

    internal static string WhyBackward(Executor<float> executor, Value value) => value.Operation switch
    {
        Sqrt => "since a square root is infinitely steep at 0. Keep its input away from 0.",
        _ => $"though its inputs reach only {Largest(executor, value)} and the gradient of its output "
            + $"{Text(Largest(executor.GradientOf(value)))}. {TooLarge}",
    };

    internal static string Text(double number) => double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? (number > 0 ? "infinity" : "-infinity")
        : number.ToString("0.###e+0", CultureInfo.InvariantCulture);

    private static string Step(TrainingSetup setup, long step) =>
        $"a number of step {step} (epoch {step / setup.Layout.BatchesPerEpoch + 1}) is not finite";

    private static string Samples(IReadOnlyCollection<int> named, int count) => count == 1
        ? $"training sample {named.First()}"
        : $"training samples {string.Join(", ", named)}{(count > named.Count ? $" and {count - named.Count} more" : "")}";

    private static string Largest(Executor<float> executor, Value value) => Text(value.Inputs.Max(input => Largest(executor.Values(input))));

    private static float Largest(ReadOnlySpan<float> numbers)
    {
        var largest = 0f;
        foreach (var number in numbers) largest = Math.Max(largest, Math.Abs(number));
        return largest;
    }
}
