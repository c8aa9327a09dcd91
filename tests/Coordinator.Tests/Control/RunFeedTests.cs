using Distributed.Coordinator.Control;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Protocol.Control;

namespace Distributed.Coordinator.Tests.Control;

public class RunFeedTests
{
    [Fact]
    public async Task Each_watcher_is_told_what_happens_from_then_on_and_the_end()
    {
        var feed = new RunFeed();
        Epoch(feed, 0);
        using var first = feed.Watch();
        Epoch(feed, 1);
        using var second = feed.Watch();
        Epoch(feed, 2);
        feed.EndWith(new RunEnded { Step = 3 });
        Epoch(feed, 3);

        Assert.Equal(["epoch 1", "epoch 2", "end 3"], await AllAsync(first));
        Assert.Equal(["epoch 2", "end 3"], await AllAsync(second));
        using var late = feed.Watch();
        Assert.Equal(["end 3"], await AllAsync(late));
        Assert.Equal(3UL, feed.End?.Step);
    }

    [Fact]
    public async Task Who_takes_them_too_slowly_gets_what_waited_and_is_told_and_the_others_go_on()
    {
        var feed = new RunFeed();
        using var slow = feed.Watch();
        using var quick = feed.Watch();
        var taken = 0;
        for (var epoch = 0; epoch <= RunFeed.MaxWaiting; epoch++)
        {
            Epoch(feed, epoch);
            if (quick.Messages.TryRead(out _)) taken++;
        }

        Assert.Equal(RunFeed.MaxWaiting + 1, taken);
        var left = await Assert.ThrowsAsync<GrpcException>(async () =>
        {
            for (var waited = 0; await slow.Messages.WaitToReadAsync(); waited++)
                Assert.True(slow.Messages.TryRead(out _) && waited < RunFeed.MaxWaiting, "no more than what waited");
        });
        Assert.Equal(GrpcStatus.ResourceExhausted, left.Status);
        feed.EndWith(new RunEnded { Step = 3 });
        Assert.Equal(["end 3"], await AllAsync(quick));
    }

    [Fact]
    public async Task What_has_no_message_of_its_own_comes_as_a_sentence()
    {
        var feed = new RunFeed();
        using var watcher = feed.Watch();
        feed.On(new RunEvent.WorkerStalled(2, "host/1", TimeSpan.FromSeconds(7), 2));
        feed.On(new RunEvent.StepCommitted(1, 0, 0, 1, 1, 1)); // there may be thousands a second
        feed.EndWith(new RunEnded { Step = 1 });

        Assert.Equal(["worker 2 (host/1) is connected but has made no progress for 7 s; what it has goes to the others, the answer stays the same", "end 1"],
            await AllAsync(watcher));
    }

    private static void Epoch(RunFeed feed, int epoch) => feed.On(new RunEvent.EpochEnded(new EpochResult(epoch, 1, null, null, null)));

    private static async Task<List<string>> AllAsync(RunFeed.Subscription watcher)
    {
        var all = new List<string>();
        await foreach (var message in watcher.Messages.ReadAllAsync())
            all.Add(message.EpochEnded is { } epoch ? $"epoch {epoch.Epoch}" : message.RunEnded is { } end ? $"end {end.Step}" : message.Notice.Text);
        return all;
    }
}
