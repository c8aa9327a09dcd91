using Distributed.Coordinator.Running;
using Distributed.Protocol;
using Distributed.Simulations.Checkers;
using Distributed.Simulations.Jobs;
using Distributed.Simulations.Running;

namespace Distributed.Simulations.Tests.Checkers;

public sealed class EverySampleOnceTests
{
    /// <summary>Every batch but the first is computed on the samples of the one before: some are used twice, others never.</summary>
    [Fact]
    public void A_batch_that_is_computed_twice_is_found_by_its_samples()
    {
        var found = Planted.Find(new EverySampleOnce(), run => run.Simulation.Filter = frame => frame.Message is Assign { Batch: > 0 } assign
            ? new Assign(assign) { Batch = assign.Batch - 1 } : frame.Message);
        Assert.Contains("is made of samples", found, StringComparison.Ordinal);
    }

    /// <summary>What no worker can bring about as long as the coordinator's trees hold: told to the checker itself.</summary>
    [Fact]
    public void A_partial_sum_that_is_skipped_or_counted_twice_is_found()
    {
        var all = new ChunkHeader(ChunkKind.Partial, 0, 0, 0, 4, 1);
        Assert.NotEmpty(Tell(checker =>
        {
            checker.Counted(1, all);
            checker.Counted(1, all);
        }));
        Assert.NotEmpty(Tell(checker =>
        {
            checker.Counted(1, all with { ShardCount = 2 });
            checker.Happened(1, new RunEvent.StepCommitted(1, 0, 0, 1, 0, 0));
        }));
    }

    private static List<string> Tell(Action<Checker> what)
    {
        var found = new List<string>();
        var checker = new EverySampleOnce
        {
            Run = new SimulatedRun(Planted.Quiet, new JobCatalog().Of(Planted.Quiet.Job), checkers: []),
            Violated = (_, sentence) => found.Add(sentence),
        };
        what(checker);
        return found;
    }
}
