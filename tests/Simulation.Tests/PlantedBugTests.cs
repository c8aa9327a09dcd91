using Distributed.Coordinator.Running;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Faults;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests;

/// <summary>A bug planted for each checker: it finds it, and a run without it has none.</summary>
public sealed class PlantedBugTests
{
    private readonly JobCatalog _catalog = new();

    [Fact]
    public void Without_a_bug_nothing_is_found() => Assert.Empty(Run(_ => { }).Violations);

    [Fact]
    public void A_partial_sum_counted_twice_changes_the_answer()
    {
        var report = Run(run => run.Simulation.Filter = frame => frame.Message is TensorChunk { Header.Kind: ChunkKind.Partial } chunk
            ? Twisted(chunk) : frame.Message);
        Assert.Contains(report.Violations, violation => violation.Property == new OneAnswer().Property);

        // A gradient that was twice what it is.
        static TensorChunk Twisted(TensorChunk chunk)
        {
            foreach (ref var element in chunk.Data.Span) element *= 2;
            return chunk;
        }
    }

    [Fact]
    public void A_chunk_that_is_dropped_is_found_by_the_coordinator_itself()
    {
        var report = Run(run => run.Simulation.Filter = frame =>
            frame.Message is TensorChunk { Header: { Kind: ChunkKind.Partial, Index: 0, Step: 3 } } ? null : frame.Message);
        Assert.Contains(report.Violations, violation => violation.Property == new NoActorFails().Property
            && violation.Sentence.Contains("chunks missing", StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_that_never_comes_keeps_the_run_from_its_end()
    {
        var report = Run(run => run.Simulation.Filter = frame => frame.Message is PartialDone { Step: 3 } ? null : frame.Message);
        Assert.Contains(report.Violations, violation => violation.Property == new EndsInTime().Property);
    }

    [Fact]
    public void A_step_committed_twice_or_left_out_is_found()
    {
        Assert.Single(Tell(new StepsInOrder(), checker =>
        {
            checker.Begins(1, null);
            checker.Happened(1, Committed(1));
            checker.Happened(1, Committed(1));
        }));
        Assert.NotEmpty(Tell(new StepsInOrder(), checker =>
        {
            checker.Begins(1, null);
            checker.Happened(1, Committed(2));
        }));

        static RunEvent Committed(long step) => new RunEvent.StepCommitted(step, 0, 0, 1, 0, 0);
    }

    [Fact]
    public void A_term_that_begins_where_no_whole_checkpoint_stands_is_found()
    {
        var setup = _catalog.Of(Quiet.Job).Setup;
        var snapshot = new RunSnapshot(4, [], setup.Optimizer.NewState(1), default, [], 0, 0);
        Assert.Single(Tell(new WholeCheckpoints(), checker => checker.Begins(2, snapshot)));
    }

    /// <summary>Every batch but the first is computed on the samples of the one before: some are used twice, others never.</summary>
    [Fact]
    public void A_batch_that_is_computed_twice_is_found_by_its_samples()
    {
        var report = Run(run => run.Simulation.Filter = frame => frame.Message is Assign { Batch: > 0 } assign
            ? new Assign(assign) { Batch = assign.Batch - 1 } : frame.Message, new EverySampleOnce());
        Assert.Contains(report.Violations, violation => violation.Sentence.Contains("is made of samples", StringComparison.Ordinal));
    }

    [Fact]
    public void A_partial_sum_that_is_skipped_or_counted_twice_is_found()
    {
        var all = new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 2, 1);
        Assert.NotEmpty(Tell(new EverySampleOnce(), checker =>
        {
            checker.Counted(1, all);
            checker.Counted(1, all);
        }));
        Assert.NotEmpty(Tell(new EverySampleOnce(), checker =>
        {
            checker.Counted(1, all with { ShardCount = 1 });
            checker.Happened(1, new RunEvent.StepCommitted(1, 0, 0, 1, 0, 0));
        }));
    }

    [Fact]
    public void A_gradient_of_an_old_term_or_of_nobody_is_found()
    {
        var header = new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 2, 1);
        Assert.Single(Tell(new NoOldGradient(), checker => checker.Counted(2, header with { Session = 1ul << 32 | 1 })));
        Assert.Single(Tell(new NoOldGradient(), checker => checker.Counted(1, header with { Session = 1ul << 32 | 1 })));
        Assert.Single(Tell(new NoOldGradient(), checker =>
        {
            checker.Happened(1, new RunEvent.WorkerJoined(1, "w", 1));
            checker.Counted(1, header with { Session = 1ul << 32 | 1 });
        }));
    }

    [Fact]
    public void Versions_of_the_weights_that_pile_up_are_found()
    {
        var report = Run(run => run.MostWeightVersions = 1000);
        Assert.Contains(report.Violations, violation => violation.Property == new Bounds().Property);
    }

    [Fact]
    public void An_actor_that_fails_is_found()
    {
        var report = Run(run => run.Failed("worker-1", "planted"));
        Assert.Equal(new NoActorFails().Property, Assert.Single(report.Violations).Property);
    }

    private static Scenario Quiet => Scenario.Draw(2, FaultNames.Parse("none"));

    /// <param name="checkers">Those that look; none named: all. A run ends with its first violation.</param>
    private RunReport Run(Action<SimulatedRun> plant, params Checker[] checkers)
    {
        var run = new SimulatedRun(Quiet, _catalog.Of(Quiet.Job), checkers: checkers.Length > 0 ? checkers : null);
        plant(run);
        return run.Run();
    }

    private List<string> Tell(Checker checker, Action<Checker> what)
    {
        var found = new List<string>();
        checker.Run = new SimulatedRun(Quiet, _catalog.Of(Quiet.Job), checkers: []);
        checker.Violated = (_, sentence) => found.Add(sentence);
        what(checker);
        return found;
    }
}
