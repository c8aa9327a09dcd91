using Distributed.Engine.Optimizers;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class AnsweredRatesTests
{
    [Fact]
    public void A_coordinator_that_goes_on_without_a_rate_that_was_answered_for_is_found()
    {
        var found = Planted.Find(new AnsweredRates(), run =>
        {
            run.Cluster.Start.Read = (folder, setup) => folder.Latest().Checkpoint is { } latest
                ? CoordinatorStart.ToSnapshot(latest, setup) with { RateChanges = RateChanges.None }
                : null;
            SetAndCrash(run);
        }, SetAndCrash);
        Assert.Contains("on was answered for, and the run ends with: none", found, StringComparison.Ordinal);
    }

    private static void SetAndCrash(SimulatedRun run)
    {
        Planted.AtStep(run, 2, () => run.Rates.Set(0.01f));
        Planted.AtStep(run, 8, () => Planted.CrashCoordinator(run));
    }
}
