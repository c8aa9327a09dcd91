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

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(1000 * Seconds);
    }
}
