using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

public sealed class RunTimelineTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_workers_time_divides_into_compute_send_and_wait()
    {
        var timeline = new RunTimeline(_clock);
        timeline.OnAssigned(0, 1, 4);
        _clock.Seconds = 2;
        timeline.OnAnswered(0, 1, 1.5);
        _clock.Seconds = 3;
        timeline.OnAnswered(0, 1, 0.5); // the rest of what it was given
        _clock.Seconds = 4;
        var shares = timeline.SharesOf(1)!;
        Assert.Equal((0.5, 0.25, 0.25), (shares.Compute, shares.Send, shares.Wait));
        Assert.Equal(new TimelinePiece(0, 1, 0, 3, 2, 4), Assert.Single(timeline.Pieces()));
        Assert.Null(timeline.SharesOf(2));
    }

    [Fact]
    public void What_was_not_answered_is_not_shown_and_old_steps_are_forgotten()
    {
        var timeline = new RunTimeline(_clock);
        for (var step = 0; step < 3 * RunTimeline.Steps; step++)
        {
            timeline.OnAssigned(step, 1, 1);
            timeline.OnAssigned(step, 2, 1);
            _clock.Seconds++;
            timeline.OnAnswered(step, 1, 0.5);
        }
        timeline.OnAnswered(0, 2, 0.5); // of a step long ago
        Assert.Equal(Enumerable.Range(2 * RunTimeline.Steps, RunTimeline.Steps).Select(step => (long)step), timeline.Pieces().Select(piece => piece.Step));
        Assert.All(timeline.Pieces(), piece => Assert.Equal(1, piece.Worker));
    }

    [Fact]
    public void A_workers_shards_are_those_of_the_last_step_that_it_had_a_part_in()
    {
        var timeline = new RunTimeline(_clock);
        Assert.Equal(0, timeline.LastShardsOf(1));
        timeline.OnAssigned(0, 1, 8);
        timeline.OnAssigned(1, 1, 3);
        timeline.OnAssigned(1, 1, 1);
        timeline.OnAnswered(1, 1, 0.5); // it is idle, and still these are what it had
        timeline.OnAssigned(2, 2, 8);
        Assert.Equal((4, 8, 0), (timeline.LastShardsOf(1), timeline.LastShardsOf(2), timeline.LastShardsOf(3)));
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(1000 * Seconds);
    }
}
