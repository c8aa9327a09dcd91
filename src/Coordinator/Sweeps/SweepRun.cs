using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Sweeps;

/// <summary>One run of a sweep, and how it ended.</summary>
/// <param name="Values">As overrides: key=value.</param>
/// <param name="Last">Its last whole epoch; null: it had none.</param>
internal sealed record SweepRun(string Name, IReadOnlyList<string> Values, string State, string? Reason, EpochLine? Last)
{
    /// <summary>The best first: by test accuracy where there is one, then by test loss, then by train loss; what did not end well comes last.</summary>
    public static IReadOnlyList<SweepRun> Rank(IEnumerable<SweepRun> runs) =>
    [
        .. runs.OrderBy(run => run.State == "done" ? 0 : 1).ThenByDescending(run => run.Last?.TestAccuracy ?? -1).ThenBy(run => run.Last?.TestLoss ?? double.PositiveInfinity)
            .ThenBy(run => run.Last?.TrainLoss ?? double.PositiveInfinity),
    ];
}
