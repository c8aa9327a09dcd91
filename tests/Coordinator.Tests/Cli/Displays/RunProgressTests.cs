using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Cli.Displays;

public sealed class RunProgressTests
{
    private readonly Notes _notes = new();
    private readonly RunProgress _progress;

    public RunProgressTests() => _progress = new RunProgress(TestSetup.Load().Setup, null, new AuditTally(), _notes, null);

    [Theory]
    [InlineData(4, 1, "worker 2 (host/1234) lost: it is gone; its 4 shards go to the others, the answer stays the same")]
    [InlineData(1, 2, "worker 2 (host/1234) lost: it is gone; its 1 shard goes to the others, the answer stays the same")]
    [InlineData(0, 1, "worker 2 (host/1234) lost: it is gone; the run goes on with 1 worker, the answer stays the same")]
    [InlineData(4, 0, "worker 2 (host/1234) lost: it is gone; no worker is left, the run goes on when one joins")]
    public void A_lost_worker_is_told_with_what_becomes_of_its_shards(int moved, int alive, string line)
    {
        _progress.On(new RunEvent.WorkerLost(2, "host/1234", "it is gone.", moved, alive));

        Assert.True(_notes.TryTake(out var note));
        Assert.Equal(new Note(line, NoteKind.Warning), note);
        Assert.Equal(alive, _progress.State.Workers);
    }

    [Fact]
    public void A_step_changes_the_state_and_writes_no_line()
    {
        _progress.On(new RunEvent.StepCommitted(3, 0, 2, 0.5, 2.0, 45));

        Assert.False(_notes.TryTake(out _));
        // 45 samples in 2 s; 9 of 12 steps are left.
        Assert.Equal(new ProgressState(3, 12, 3, 4, 0.5, 22.5, 6.0, 0) { Samples = 45 }, _progress.State);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        Step(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 2; step < 12; step++) Step(step);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int step) => _progress.OnStep(step, 0, step, 0.5, step, 9 * step);
    }

    [Fact]
    public void A_resumed_run_is_timed_from_where_it_goes_on()
    {
        var resume = new RunSnapshot(6, [], new OptimizerState([], 0), default,
            [new EpochResult(0, 1, null, null, 0.25), new EpochResult(1, 2, null, null, 0.75)], 100, 90);
        var progress = new RunProgress(TestSetup.Load().Setup, resume, new AuditTally(), _notes, null);
        Assert.Equal(0.75, progress.State.Accuracy);

        progress.On(new RunEvent.StepCommitted(8, 2, 1, 0.5, 101, 130));

        Assert.Equal((40.0, 2.0), (progress.State.SamplesPerSecond, progress.State.SecondsLeft!.Value));
    }

    /// <summary>Every step of a run may be skipped: the lines are few all the same.</summary>
    [Fact]
    public void Skipped_steps_are_told_one_by_one_at_first_and_then_whenever_their_number_has_doubled()
    {
        for (var skipped = 1; skipped <= 100; skipped++)
            _progress.On(new RunEvent.StepSkipped(9 + skipped, 1, "the loss is NaN", skipped));

        var lines = new List<string>();
        while (_notes.TryTake(out var note)) lines.Add(note.Line);
        Assert.Equal("step 10 (epoch 2) is skipped, the loss is NaN; 1 step so far", lines[0]);
        Assert.Equal([1, 2, 3, 4, 8, 16, 32, 64], lines.Select(line => int.Parse(line.Split("; ")[1].Split(' ')[0])));
    }

    [Fact]
    public void An_epoch_is_a_line()
    {
        _progress.On(new RunEvent.EpochEnded(new EpochResult(1, 0.12345, null, 0.5, 0.98765)));

        Assert.True(_notes.TryTake(out var note));
        Assert.Equal(new Note("epoch 2 of 4: loss 0.1235, test accuracy 98.77 %, 0 samples/s", NoteKind.Epoch), note);

        _progress.On(new RunEvent.EpochEnded(new EpochResult(2, 0.5, null, 0.25, null)));
        Assert.True(_notes.TryTake(out note));
        Assert.Equal("epoch 3 of 4: loss 0.5000, test loss 0.2500, 0 samples/s", note.Line);
    }
}
