using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Coordinator.Standby;
using Distributed.Engine.Checkpoints;
using Distributed.Worker;

namespace Distributed.Coordinator.Tests.Standby;

/// <summary>The coordinator is lost, frozen or cut off: a standby goes on, the answer stays, and the former one is fenced off.</summary>
public class TakeoverTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_standby_goes_on_where_a_killed_coordinator_was(ulong seed)
    {
        var run = new Reigns(seed);
        run.Until(() => run.StepOf(run.Primary) >= 7, "step 7");
        run.Primary.Kill();

        run.Until(() => run.ResultOf(run.Coordinators[1]) is not null, "the end");

        AssertAnswer(run, run.Coordinators[1]);
        Assert.Equal(new TermClaim(2, "standby-1"), run.Standing);
        Assert.InRange(run.StandbyEnds["standby-1"].Run!.Resume!.Step, 6, 8);
        run.Until(() => run.WorkerEnds.Count == run.Workers.Length, "the workers' ends");
        Assert.All(run.Workers, worker => Assert.Equal(WorkerOutcome.Finished, run.WorkerEnds[worker.Name].Outcome));
    }

    [Fact]
    public void A_coordinator_that_freezes_is_fenced_off_when_it_goes_on()
    {
        var run = new Reigns(seed: 4);
        run.Until(() => run.StepOf(run.Primary) >= 7, "step 7");
        run.Primary.Freeze();
        run.Until(() => run.StepOf(run.Coordinators[1]) >= 12, "step 12 of the standby");
        var woken = run.Simulation.Now;
        run.Primary.Wake();

        run.Until(() => run.ResultOf(run.Primary) is not null, "the former one's end");

        Assert.InRange(run.Simulation.Now - woken, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        AssertDeposed(run, woken);
        run.Until(() => run.ResultOf(run.Coordinators[1]) is not null, "the end");
        AssertAnswer(run, run.Coordinators[1]);
    }

    /// <summary>Nobody reaches it, so nobody tells it: it finds out in the folder.</summary>
    [Fact]
    public void A_coordinator_that_is_cut_off_stands_down_by_itself()
    {
        var run = new Reigns(seed: 5);
        run.Until(() => run.StepOf(run.Primary) >= 7, "step 7");
        foreach (var other in run.Workers.Append(run.Coordinators[1])) run.Simulation.Partition(run.Primary, other, bothWays: true);
        run.Until(() => run.Standing.Term == 2, "the claim");
        var claimed = run.Simulation.Now;

        run.Until(() => run.ResultOf(run.Primary) is not null, "the former one's end");

        Assert.InRange(run.Simulation.Now - claimed, TimeSpan.Zero, CoordinatorLimits.ReignInterval + TimeSpan.FromSeconds(0.1));
        AssertDeposed(run, claimed);
        run.Until(() => run.ResultOf(run.Coordinators[1]) is not null, "the end");
        AssertAnswer(run, run.Coordinators[1]);
    }

    /// <summary>One claims, the other follows it; when that one is lost too, the other goes on.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Of_two_standbys_one_claims_and_the_other_follows_it(ulong seed)
    {
        var run = new Reigns(seed, standbys: 2);
        run.Until(() => run.StepOf(run.Primary) >= 5, "step 5");
        run.Primary.Kill();
        run.Until(() => run.StandbyEnds.Count == 1, "a takeover");
        var (first, second) = run.StandbyEnds.ContainsKey("standby-1") ? (run.Coordinators[1], run.Coordinators[2]) : (run.Coordinators[2], run.Coordinators[1]);
        run.Until(() => run.StepOf(first) >= 11, "step 11 of the first standby");
        Assert.Single(run.StandbyEnds);
        Assert.Equal(2, run.Standing.Term);

        first.Kill();
        run.Until(() => run.ResultOf(second) is not null, "the end");

        AssertAnswer(run, second);
        Assert.Equal(new TermClaim(3, second.Name), run.Standing);
    }

    [Fact]
    public void When_the_run_ends_in_good_order_its_standbys_end_too()
    {
        var run = new Reigns(seed: 9, standbys: 2);
        run.Until(() => run.ResultOf(run.Primary) is not null, "the end");
        run.Simulation.RunFor(TimeSpan.FromMinutes(1));

        AssertAnswer(run, run.Primary);
        Assert.Equal(1, run.Standing.Term);
        Assert.All(run.Coordinators.Skip(1), node => Assert.Equal(new StandbyEnd(StandbyOutcome.Finished, "done"), run.StandbyEnds[node.Name]));
        Assert.Equal(2, run.Events["primary"].Count(entry => entry.Event is RunEvent.StandbyJoined));
    }

    /// <summary>The word of the end is lost with the connection: the last checkpoint tells it.</summary>
    [Fact]
    public void A_run_that_ended_out_of_sight_is_not_led_again()
    {
        var run = new Reigns(seed: 10);
        run.Until(() => run.StepOf(run.Primary) >= 17, "step 17");
        run.Simulation.Partition(run.Primary, run.Coordinators[1], bothWays: true);
        run.Until(() => run.ResultOf(run.Primary) is not null, "the end");
        run.Until(() => run.StandbyEnds.Count == 1, "the standby's end");

        AssertAnswer(run, run.Primary);
        Assert.Equal(StandbyOutcome.Finished, run.StandbyEnds["standby-1"].Outcome);
    }

    private static void AssertAnswer(Reigns run, SimulatorHost leader)
    {
        var result = run.ResultOf(leader)!;
        Assert.Equal((RunEnd.Done, "done"), (result.End, result.Reason));
        Assert.Equal(Reigns.Fingerprint, result.Fingerprint);
    }

    /// <summary>From a time on it has written nothing, and after one look at the term committed nothing.</summary>
    private static void AssertDeposed(Reigns run, TimeSpan from)
    {
        var result = run.ResultOf(run.Primary)!;
        Assert.Equal(RunEnd.Deposed, result.End);
        Assert.Contains("standby-1 has claimed term 2 of this run", result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Events["primary"], entry => entry.Event is RunEvent.CheckpointWritten && entry.Time > from);
        Assert.DoesNotContain(run.Events["primary"], entry => entry.Event is RunEvent.StepCommitted
            && entry.Time > from + CoordinatorLimits.ReignInterval + TimeSpan.FromSeconds(0.1));
        Assert.DoesNotContain(run.Written, file => file.Time > from && file.Node == "primary");
        Assert.All(run.Written, file => Assert.Equal(file.Node == "primary" ? 1 : 2, file.Standing));
    }
}
