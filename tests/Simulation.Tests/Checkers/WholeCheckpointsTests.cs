using Distributed.Actors;
using Distributed.Engine.Checkpoints;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class WholeCheckpointsTests
{
    [Fact]
    public void A_coordinator_that_goes_on_from_an_older_checkpoint_is_found()
    {
        var found = Planted.Find(new WholeCheckpoints(), run =>
        {
            // The files in the order of their names, and the one before the last.
            run.Cluster.Start.Read = (_, setup) =>
                run.Disk.Paths.Where(path => path.Contains("step-", StringComparison.Ordinal)).ToArray() is [.., var older, _]
                    ? CoordinatorStart.ToSnapshot(Checkpoint.Load(older, run.Disk.Mount(run.Cluster.Coordinator)), setup)
                    : null;
            Crash(run);
        }, Crash);
        Assert.Contains("the newest whole checkpoint is of step", found, StringComparison.Ordinal);

        static void Crash(SimulatedRun run) => Planted.AtStep(run, 6, () => Planted.CrashCoordinator(run));
    }

    [Fact]
    public void A_coordinator_that_begins_anew_although_there_is_a_checkpoint_is_found()
    {
        var found = Planted.Find(new WholeCheckpoints(), run =>
        {
            run.Cluster.Start.Read = (_, _) => null;
            Crash(run);
        }, Crash);
        Assert.Contains("term 2 begins at step 0", found, StringComparison.Ordinal);

        static void Crash(SimulatedRun run) => Planted.AtStep(run, 6, () => Planted.CrashCoordinator(run));
    }

    /// <summary>The disk had not kept what it said was flushed: the newest file is torn under its name. The reader looks at the name only.</summary>
    [Fact]
    public void A_coordinator_that_believes_a_torn_checkpoint_is_found()
    {
        var found = Planted.Find(new WholeCheckpoints(), run =>
        {
            var read = run.Cluster.Start.Read;
            run.Cluster.Start.Read = (folder, setup) => read(folder, setup) is { } whole ? whole with { Step = folder.NewestStep!.Value } : null;
            TearOne(run);
        }, run =>
        {
            TearOne(run);
            var read = run.Cluster.Start.Read;
            run.Cluster.Start.Read = (folder, setup) =>
            {
                // So that it is seen: there is a torn one.
                if (run.Cluster.Coordinator.Incarnation > 1) Assert.False(run.Disk.IsWhole(run.PathOf(folder.NewestStep!.Value)));
                return read(folder, setup);
            };
        });
        Assert.Contains("the newest whole checkpoint is of step", found, StringComparison.Ordinal);

        static void TearOne(SimulatedRun run) => Planted.AtStep(run, 6, () => run.Disk.Crash = DiskCrash.LyingFlush);
    }
}
