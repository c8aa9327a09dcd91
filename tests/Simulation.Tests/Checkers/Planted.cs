using Distributed.Simulations.Checkers;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

/// <summary>A bug planted in a simulated run, for a checker to find; and the same run without it, in which no checker finds anything.</summary>
internal static class Planted
{
    /// <summary>Two workers from the first step to the last, a checkpoint at every step, and nothing that fails by itself.</summary>
    public static Scenario Quiet => Scenario.Draw(1, FaultNames.Parse("none")) with
    {
        Job = new JobShape(JobKind.Plain, Shards: 4, Batch: 10, Epochs: 6, HasTest: true),
        Workers = 2,
        FirstWorkers = 2,
        MinWorkers = 1,
        MaxWorkers = SimulatedRunLimits.MaxWorkers,
        ChunkElements = 16,
        CheckpointEvery = 1,
        Keep = 3,
        Work = TimeSpan.FromMilliseconds(200),
    };

    /// <param name="checker">Which alone looks at the run with the bug: a run ends with its first violation.</param>
    /// <param name="plant">Prepares the run with the bug.</param>
    /// <param name="sound">Prepares the run without it: all else that happens is the same; null: nothing does.</param>
    /// <returns>All that the checker says.</returns>
    public static string Find(Checker checker, Action<SimulatedRun> plant, Action<SimulatedRun>? sound = null, Scenario? scenario = null)
    {
        Assert.Empty(Run(scenario ?? Quiet, AllCheckers.Create(), sound ?? (_ => { })).Violations);
        var report = Run(scenario ?? Quiet, [checker], plant);
        Assert.NotEmpty(report.Violations);
        Assert.All(report.Violations, violation => Assert.Equal(checker.Property, violation.Property));
        return string.Join('\n', report.Violations.Select(violation => violation.Sentence));
    }

    /// <summary>Has something happen once so many steps are committed.</summary>
    public static void AtStep(SimulatedRun run, long step, Action action) => run.Simulation.Schedule(TimeSpan.FromMilliseconds(1), () =>
    {
        if (run.Steps >= step) action();
        else if (!run.Cluster.IsOver) AtStep(run, step, action);
    });

    /// <summary>The coordinator's process is gone, and another is started a second later.</summary>
    public static void CrashCoordinator(SimulatedRun run)
    {
        run.Cluster.Coordinator.Crash();
        run.Simulation.Schedule(TimeSpan.FromSeconds(1), run.Cluster.Coordinator.Restart);
    }

    private static RunReport Run(Scenario scenario, IReadOnlyList<Checker> checkers, Action<SimulatedRun> prepare)
    {
        var run = new SimulatedRun(scenario, new JobCatalog().Of(scenario.Job), checkers: checkers);
        prepare(run);
        return run.Run();
    }
}
