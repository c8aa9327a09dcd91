using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class StepsInOrderTests
{
    /// <summary>The second coordinator takes the step of its checkpoint for done and goes on with the one after it.</summary>
    [Fact]
    public void A_coordinator_that_goes_on_one_step_too_late_leaves_a_step_out()
    {
        var found = Planted.Find(new StepsInOrder(), run =>
        {
            GoOnAfter(run, 1);
            CrashInMidRun(run);
        }, CrashInMidRun);
        Assert.Matches("term 2 commits step [0-9]+, step [0-9]+ is next", found);
    }

    /// <summary>And one too early does a step twice, within its term.</summary>
    [Fact]
    public void A_coordinator_that_goes_on_one_step_too_early_commits_a_step_twice()
    {
        var found = Planted.Find(new StepsInOrder(), run =>
        {
            GoOnAfter(run, -1);
            CrashInMidRun(run);
        }, CrashInMidRun);
        Assert.Matches("term 2 commits step [0-9]+, step [0-9]+ is next", found);
    }

    /// <summary>A checkpoint says more steps than were ever taken: its reader believes a number that is wrong.</summary>
    [Fact]
    public void A_checkpoint_of_a_step_that_was_never_committed_is_found()
    {
        var found = Planted.Find(new StepsInOrder(), run =>
        {
            var read = run.Cluster.Start.Read;
            run.Cluster.Start.Read = (folder, setup) => read(folder, setup) is { } snapshot ? snapshot with { Step = snapshot.Step + 4 } : null;
            CrashInMidRun(run);
        }, CrashInMidRun);
        Assert.Contains("was never committed", found, StringComparison.Ordinal);
    }

    /// <summary>The second coordinator does not see the claim of the first.</summary>
    [Fact]
    public void A_term_that_is_claimed_twice_is_found()
    {
        var found = Planted.Find(new StepsInOrder(), run =>
        {
            run.Cluster.Start.Claim = (folder, claimant) => folder.Claim(claimant).Term - 1;
            CrashInMidRun(run);
        }, CrashInMidRun);
        Assert.Contains("two coordinators lead with term 1", found, StringComparison.Ordinal);
    }

    private static void GoOnAfter(SimulatedRun run, int steps) => run.Cluster.Start.Options = options =>
        options.Resume is { } resume ? options with { Resume = resume with { Step = resume.Step + steps } } : options;

    private static void CrashInMidRun(SimulatedRun run) => Planted.AtStep(run, 6, () => Planted.CrashCoordinator(run));
}
