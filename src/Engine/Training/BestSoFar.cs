namespace Distributed.Engine.Training;

/// <summary>Which epoch of a run is the best so far, told epoch by epoch: the first of equals.</summary>
/// <remarks>NaN, or no number, counts as the worst.</remarks>
/// <param name="minDelta">How much better a later epoch must be.</param>
public sealed class BestSoFar(StopMetric metric = StopMetric.Best, double minDelta = 0)
{
    private double _score;

    /// <summary>Epochs told so far.</summary>
    public int Count { get; private set; }

    /// <summary>Index of the best; −1 without epochs.</summary>
    public int Epoch { get; private set; } = -1;

    /// <summary>By the run's own rule where it may end early.</summary>
    public static BestSoFar Of(TrainingSetup setup) =>
        setup.EarlyStopping is { } rule ? new BestSoFar(rule.Metric, rule.MinDelta) : new BestSoFar();

    /// <returns>This, with these epochs told too.</returns>
    public BestSoFar Add(params IEnumerable<EpochResult> epochs)
    {
        foreach (var epoch in epochs)
        {
            var score = Score(epoch);
            if (Epoch < 0 || score > _score + minDelta) (Epoch, _score) = (Count, score);
            Count++;
        }
        return this;
    }

    /// <summary>Larger is better.</summary>
    private double Score(EpochResult epoch)
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
