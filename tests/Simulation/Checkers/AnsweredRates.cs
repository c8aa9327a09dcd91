using Distributed.Coordinator.Running;
using Distributed.Engine.Optimizers;

namespace Distributed.Simulations.Checkers;

/// <summary>A learning rate that a coordinator has answered for is part of the run, whatever fails later.</summary>
internal sealed class AnsweredRates : Checker
{
    public override string Property => "a rate that was answered for is kept";

    public override void Happened(long term, RunEvent happened)
    {
        if (happened is not RunEvent.Ended { Result.RateChanges.All: var kept }) return;
        foreach (var answered in Run.Rates.Answered)
            if (!kept.Any(change => change == answered || (change.Step == answered.Step && Run.Rates.IsSetAfter(change, answered))))
                Violate($"the rate {answered.Rate:R} from step {answered.Step} on was answered for, and the run ends with: {Text(kept)}");
    }

    private static string Text(IReadOnlyList<RateChange> changes) =>
        changes.Count == 0 ? "none" : string.Join(", ", changes.Select(change => $"{change.Rate:R} from step {change.Step} on"));
}
