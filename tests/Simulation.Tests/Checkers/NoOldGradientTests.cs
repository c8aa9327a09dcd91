using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class NoOldGradientTests
{
    /// <summary>The second coordinator does not fence off the first: it gives out sessions of the old term.</summary>
    [Fact]
    public void A_gradient_that_is_of_an_old_term_is_found()
    {
        var found = Planted.Find(new NoOldGradient(), run =>
        {
            run.Cluster.Start.Options = options => options with { Term = 1 };
            Crash(run);
        }, Crash);
        Assert.Contains("which were computed for term 1", found, StringComparison.Ordinal);

        static void Crash(SimulatedRun run) => Planted.AtStep(run, 6, () => Planted.CrashCoordinator(run));
    }

    /// <summary>A worker dies in the middle of a step, and comes back in time. What it had computed before arrives as if it were of its new life:
    /// its shards were given to the other worker by then.</summary>
    [Fact]
    public void A_gradient_of_a_workers_life_before_is_found()
    {
        var found = Planted.Find(new NoOldGradient(), run => DieInStep(run, 3, forge: true), run => DieInStep(run, 3, forge: false),
            Planted.Quiet with { Work = TimeSpan.FromSeconds(2) });
        Assert.Matches("term 1 counts shards .* of step 3 of worker 3, which was not given them", found);
    }

    /// <summary>One worker's partial sum is taken for another's.</summary>
    [Fact]
    public void A_gradient_of_one_who_was_not_given_its_shards_is_found()
    {
        var found = Planted.Find(new NoOldGradient(), run => run.Simulation.Filter = frame =>
            frame.From.Name == "worker-1" && frame.Message is TensorChunk { Header.Kind: ChunkKind.Partial } chunk
                ? WithHeader(chunk, chunk.Header with { FirstShard = 2 - chunk.Header.FirstShard })
                : frame.Message);
        Assert.Contains("which was not given them", found, StringComparison.Ordinal);
    }

    /// <summary>No coordinator counts what a worker sends that it has let go. So only its word is planted: it says that one is lost, and goes on
    /// with it.</summary>
    [Fact]
    public void A_gradient_of_no_member_is_found()
    {
        var checker = new NoOldGradient();
        var found = Planted.Find(checker, run => Planted.AtStep(run, 6, () =>
            checker.Happened(1, new RunEvent.WorkerLost(1, "worker-1", "planted", 0, 1))));
        Assert.Contains("of worker 1, which is no member", found, StringComparison.Ordinal);
    }

    /// <summary>Worker 1 dies as its first chunk of the step arrives, of which nothing more does; the other is slow, so that the step is in
    /// progress when it is back.</summary>
    /// <param name="forge">Its word that it has the weights again is taken for that chunk, with the number of the new session.</param>
    private static void DieInStep(SimulatedRun run, long step, bool forge)
    {
        TensorChunk? old = null;
        var (dying, other) = (run.Cluster.Workers[0], run.Cluster.Workers[1]);
        run.Simulation.Filter = frame =>
        {
            if (frame.From != dying) return frame.Message;
            if (frame.FromLife == 1 && frame.Message is TensorChunk chunk && chunk.Header.Step == step)
            {
                if (old is null)
                {
                    old = Copy(chunk);
                    other.Slowness = 10;
                    run.Simulation.Schedule(TimeSpan.Zero, () =>
                    {
                        dying.Crash();
                        run.Simulation.Schedule(TimeSpan.FromMilliseconds(10), dying.Restart);
                    });
                }
                return null;
            }
            if (frame.FromLife == 1 || frame.Message is not WeightsHeld held || held.Version != (ulong)step) return frame.Message;
            other.Slowness = 1;
            return forge ? WithHeader(old!, old!.Header with { Session = held.Session }) : frame.Message;
        };
    }

    private static TensorChunk Copy(TensorChunk chunk) => new(chunk.Header, chunk.Data.ToArray());

    private static TensorChunk WithHeader(TensorChunk chunk, ChunkHeader header)
    {
        var copy = new TensorChunk(header, chunk.Data.ToArray());
        chunk.Release();
        return copy;
    }
}
