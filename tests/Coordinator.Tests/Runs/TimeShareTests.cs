using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Tests.Runs;

public sealed class TimeShareTests
{
    [Fact]
    public void Work_waits_until_what_was_done_is_within_its_share()
    {
        var time = new Clock();
        var share = new TimeShare(0.01, time);
        Assert.True(share.IsDue);
        Assert.Equal(7, share.Take(() =>
        {
            time.Milliseconds += 50;
            return 7;
        }));
        Assert.False(share.IsDue);
        time.Milliseconds = 4999;
        Assert.False(share.IsDue);
        time.Milliseconds = 5000;
        Assert.True(share.IsDue);
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
