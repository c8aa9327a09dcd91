namespace Distributed.Engine.Training;

/// <summary>What an epoch is judged by.</summary>
public enum StopMetric
{
    /// <summary>Test accuracy where there is one, else test loss, else training loss.</summary>
    Best,

    /// <summary>Mean loss on the test set.</summary>
    TestLoss,

    /// <summary>Accuracy on the test set.</summary>
    TestAccuracy,

    /// <summary>Mean loss on the training samples.</summary>
    TrainLoss,
}

/// <summary>Ends a run when it has not become better for some epochs.</summary>
/// <param name="Patience">Epochs without improvement after which the run ends; at least 1.</param>
/// <param name="MinDelta">How much better counts as better; at least 0.</param>
public sealed record EarlyStopping(int Patience, double MinDelta = 0, StopMetric Metric = StopMetric.Best)
{
    public int Patience { get; } = Patience >= 1 ? Patience
        : throw new ArgumentOutOfRangeException(nameof(Patience), Patience, "patience is at least 1 epoch");

    public double MinDelta { get; } = double.IsFinite(MinDelta) && MinDelta >= 0 ? MinDelta
        : throw new ArgumentOutOfRangeException(nameof(MinDelta), MinDelta, "the least improvement is a finite number, at least 0");

    /// <returns>A sentence where the run is to end after these epochs; null: it goes on.</returns>
    public string? Judge(IReadOnlyList<EpochResult> epochs)
    {
        var best = BestEpoch(epochs, Metric, MinDelta);
        var since = epochs.Count - 1 - best;
        return best < 0 || since < Patience ? null
            : $"stopped early: epoch {best + 1} was the best, and {since} epochs after it brought nothing better";
    }

    /// <summary>Index of the best epoch, the first of equals; −1 without epochs. NaN, or no number, counts as the worst.</summary>
    /// <param name="minDelta">How much better a later epoch must be.</param>
    public static int BestEpoch(IReadOnlyList<EpochResult> epochs, StopMetric metric = StopMetric.Best, double minDelta = 0)
    {
        var best = -1;
        for (var i = 0; i < epochs.Count; i++)
            if (best < 0 || Score(epochs[i], metric) > Score(epochs[best], metric) + minDelta) best = i;
        return best;
    }

    /// <summary>Index of the epoch whose weights are worth keeping, by the run's own rule where it may end early; −1 without one: no
    /// epoch is over, or epochs end at trials of a line search, of which the last step takes the best.</summary>
    public static int BestEpoch(TrainingSetup setup, IReadOnlyList<EpochResult> epochs) => setup.Optimizer.NeedsFullBatch ? -1
        : setup.EarlyStopping is { } rule ? BestEpoch(epochs, rule.Metric, rule.MinDelta)
        : BestEpoch(epochs);

    /// <summary>Larger is better.</summary>
    private static double Score(EpochResult epoch, StopMetric metric)
    {
        var score = metric switch
        {
            StopMetric.TestAccuracy => epoch.TestAccuracy,
            StopMetric.TestLoss => -epoch.TestLoss,
            StopMetric.TrainLoss => -epoch.MeanLoss,
            _ => epoch.TestAccuracy ?? -epoch.TestLoss ?? -epoch.MeanLoss,
        };
        return score is { } number && !double.IsNaN(number) ? number : double.NegativeInfinity;
    }
}
