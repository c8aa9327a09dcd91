using System.Globalization;
using Distributed.Engine.Training;

namespace Distributed.Engine.Inspection;

/// <summary>What the curves of a training say about its settings.</summary>
public enum Finding
{
    /// <summary>The loss is NaN or infinite, or rises.</summary>
    RateTooHigh,

    /// <summary>The loss falls along a straight line.</summary>
    RateTooLow,

    /// <summary>The loss goes up and down between epochs.</summary>
    BatchTooSmall,

    /// <summary>Much better on the training samples than on the test set.</summary>
    Overfitting,

    /// <summary>No gap between training and test, and neither is good.</summary>
    TooLittleCapacity,

    /// <summary>Too few epochs to say anything.</summary>
    TooShort,

    /// <summary>Nothing stands out.</summary>
    Healthy,
}

/// <param name="Sentence">What was seen, in numbers, and what it may mean.</param>
public sealed record Diagnosed(Finding Finding, string Sentence);

/// <summary>Reads the curves of loss and accuracy as lectures teach to (CS231n, "Babysitting the learning process").</summary>
/// <remarks>
/// With losses l_0 … l_{n−1} of n epochs, r their range (largest − smallest):
/// <code>
/// rate too high       a loss is NaN or infinite; or l_{n−1} > l_0 and the loss rises in more epochs than it falls
/// rate too low        n ≥ 5, the loss falls, and no l_i is farther than 5 % of r from the straight line from l_0 to l_{n−1}
/// batch too small     n ≥ 6, the loss rises in at least a quarter of the epochs, and by more than a tenth of r in the mean of these
/// overfitting         training accuracy − test accuracy > 0.1 at the end; without accuracies: test loss > 1.5 · training loss and above its own
///                     smallest by a tenth
/// too little capacity gap below 0.03, training accuracy below 0.8, and the loss moved by less than 5 % of r in the last third, not upwards in all
/// </code>
/// The bounds are ours: lectures show pictures. Several findings may hold.
/// </remarks>
public static class Diagnosis
{
    private const int FewestEpochs = 3, FewestForLine = 5, FewestForNoise = 6;
    private const double LineTolerance = 0.05, RiseShare = 0.25, RiseSize = 0.1;
    private const double LargeGap = 0.1, SmallGap = 0.03, LowAccuracy = 0.8, Plateau = 0.05;
    private const double LossRatio = 1.5, LossRise = 1.1;

    /// <param name="epochs">Of one run, in order.</param>
    public static IReadOnlyList<Diagnosed> Of(IReadOnlyList<EpochResult> epochs)
    {
        double[] losses = [.. epochs.Select(epoch => epoch.MeanLoss)];
        if (Array.FindIndex(losses, loss => !double.IsFinite(loss)) is var wrong and >= 0)
            return [new Diagnosed(Finding.RateTooHigh, $"The loss of epoch {wrong + 1} is not a finite number: the learning rate may be too high.")];
        if (losses.Length < FewestEpochs)
            return [new Diagnosed(Finding.TooShort, $"Too few epochs to read a curve from: {FewestEpochs} at least are wanted, there are {losses.Length}.")];

        var found = new List<Diagnosed>();
        if (IsRising(losses))
            Add(Finding.RateTooHigh, $"The loss rises, from {Text(losses[0])} to {Text(losses[^1])}: the learning rate may be too high.");
        else if (IsStraight(losses))
            Add(Finding.RateTooLow, $"The loss falls in a straight line, from {Text(losses[0])} to {Text(losses[^1])}: the learning rate may be too low.");
        var rises = Rises(losses);
        if (losses.Length >= FewestForNoise && !IsRising(losses) && rises.Length >= RiseShare * (losses.Length - 1)
            && rises.Average() > RiseSize * Range(losses))
        {
            Add(Finding.BatchTooSmall, $"The loss fluctuates a lot: it rises after {rises.Length} of {losses.Length - 1} epochs, by {Text(rises.Average())} in the "
                + $"mean, its whole range is {Text(Range(losses))}: the batch may be too small.");
        }
        Compare(epochs, losses, Add);
        if (found.Count == 0) Add(Finding.Healthy, $"Nothing stands out: the loss falls as it should{GapOf(epochs[^1])}.");
        return found;

        void Add(Finding finding, string sentence) => found.Add(new Diagnosed(finding, sentence));
    }

    private static void Compare(IReadOnlyList<EpochResult> epochs, double[] losses, Action<Finding, string> add)
    {
        var last = epochs[^1];
        if (last is { TrainAccuracy: { } train, TestAccuracy: { } test })
        {
            if (train - test > LargeGap)
                add(Finding.Overfitting, $"Training accuracy is {Percent(train)}, test accuracy {Percent(test)}: a large gap, the model overfits. "
                    + "More data, augmentation, dropout or a stronger regularizer may help.");
            else if (train - test < SmallGap && train < LowAccuracy && HasSettled(losses) && !IsRising(losses))
                add(Finding.TooLittleCapacity, $"Training accuracy is {Percent(train)}, test accuracy {Percent(test)}: no gap, but both are low, and the loss "
                    + "moves no more: the model may have too little capacity.");
        }
        else if (last is { TestLoss: { } testLoss } && testLoss > LossRatio * last.MeanLoss
            && testLoss > LossRise * epochs.Min(epoch => epoch.TestLoss ?? double.PositiveInfinity))
        {
            add(Finding.Overfitting, $"The training loss is {Text(last.MeanLoss)}, the test loss {Text(testLoss)} and rising: the model overfits.");
        }
    }

    /// <summary>Of a run in which nothing stands out.</summary>
    private static string GapOf(EpochResult last) => last switch
    {
        { TrainAccuracy: not null, TestAccuracy: not null } => ", and there is no large gap between training and test accuracy",
        { TestLoss: null } => "",
        { TestLoss: { } test } when test > LossRatio * last.MeanLoss => $"; the test loss, {Text(test)}, is far above the training loss, {Text(last.MeanLoss)}, but does not rise",
        _ => ", and the test loss is close to the training loss",
    };

    private static bool IsRising(double[] losses) =>
        losses[^1] > losses[0] && losses.Zip(losses.Skip(1)).Count(pair => pair.Second > pair.First) > (losses.Length - 1) / 2;

    private static bool IsStraight(double[] losses)
    {
        if (losses.Length < FewestForLine || losses[^1] >= losses[0]) return false;
        var slope = (losses[^1] - losses[0]) / (losses.Length - 1);
        return losses.Select((loss, i) => Math.Abs(loss - losses[0] - (i * slope))).Max() <= LineTolerance * Range(losses);
    }

    private static bool HasSettled(double[] losses)
    {
        var tail = losses[(losses.Length * 2 / 3)..];
        return Range(tail) <= Plateau * Math.Max(Range(losses), Math.Abs(losses[^1]));
    }

    /// <summary>By how much the loss is above that of the epoch before, where it is.</summary>
    private static double[] Rises(double[] losses) =>
        [.. losses.Zip(losses.Skip(1), (before, after) => after - before).Where(rise => rise > 0)];

    private static double Range(double[] losses) => losses.Max() - losses.Min();

    private static string Text(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
