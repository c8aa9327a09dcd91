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

    /// <param name="best">All epochs so far, judged by this rule: see <see cref="BestSoFar.Of"/>.</param>
    /// <returns>A sentence where the run is to end after these epochs; null: it goes on.</returns>
    public string? Judge(BestSoFar best)
    {
        var since = best.Count - 1 - best.Epoch;
        return best.Epoch < 0 || since < Patience ? null
            : $"stopped early: epoch {best.Epoch + 1} was the best, and {since} epochs after it brought nothing better";
    }
}
