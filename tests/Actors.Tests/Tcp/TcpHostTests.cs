using System.Net;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tests.Tcp;

public sealed class TcpHostTests
{
    [Fact]
    public async Task A_port_in_use_is_told_in_a_sentence()
    {
        await using var first = await TcpNodes.ListeningAsync();
        await using var second = new TcpHost();
        var port = first.BoundEndPoint!.Port;
        var exception = await Assert.ThrowsAsync<HostException>(() => second.ListenAsync(new IPEndPoint(IPAddress.Loopback, port)));
        Assert.StartsWith($"Port {port} on 127.0.0.1 is in use", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_told_before_the_host_closed_still_arrives_and_the_reason_too()
    {
        await using var far = await TcpNodes.ListeningAsync();
        var near = new TcpHost(new TcpHostOptions { Name = "near/2" });
        var onFar = Recorder.Spawn(far, "far", (context, message) =>
        {
            if (message is Evaluate { Version: 0 })
            {
                context.Watch(context.Sender!);
                context.Tell(context.Sender!, new WeightsHeld()); // goes behind the watch
            }
        });
        var probe = Recorder.Spawn(near);
        var target = near.Remote(far.BoundEndPoint!, "far");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        probe.Do(context => context.Tell(target, new Evaluate { Version = 0 }));
        await Wait.Until(() => probe.Of<WeightsHeld>().Count == 1, "it is watched");
        const int count = 2000;
        var sent = new TaskCompletionSource();
        probe.Do(context =>
        {
            for (var i = 1; i < count; i++)
            {
                context.Tell(target, new Evaluate { Version = (ulong)i });
            }

            sent.SetResult();
        });
        await sent.Task;
        await near.DisposeAsync();
        await Wait.Until(() => onFar.Of<Evaluate>().Count == count, "everything is there");
        await Wait.Until(() => onFar.Of<Terminated>().Count == 1, "the watcher is told");
        Assert.Contains("closing", onFar.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_to_an_actor_that_does_not_run_there_is_logged_there()
    {
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Logs = logs });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2" });
        var probe = Recorder.Spawn(near);
        var target = near.Remote(far.BoundEndPoint!, "nobody");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        probe.Do(context =>
        {
            for (var i = 0; i < 100; i++)
            {
                context.Tell(target, new Evaluate());
            }

            context.Watch(target);
        });
        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "the watcher is told");
        Assert.Equal("There is no actor nobody on far/1.", probe.Of<Terminated>()[0].Reason);
        Assert.Equal(100, far.DeadLetters);
        Assert.Contains(logs.At(LogLevel.Information), line => line.Contains("near/2 sent a Evaluate to nobody", StringComparison.Ordinal));
        Assert.InRange(logs.At(LogLevel.Information).Count(line => line.Contains("nobody", StringComparison.Ordinal)), 1, 20);
    }

    [Fact]
    public async Task Without_a_connection_messages_are_dropped_and_watchers_told()
    {
        await using var near = new TcpHost(new TcpHostOptions { Time = new ManualTime() });
        int port;
        await using (var gone = await TcpNodes.ListeningAsync())
        {
            port = gone.BoundEndPoint!.Port;
        }

        var probe = Recorder.Spawn(near);
        var target = near.Remote(new IPEndPoint(IPAddress.Loopback, port), "far");
        var lease = new Conformance.HostConformance.CountingLease();
        probe.Do(context =>
        {
            context.Watch(target);
            context.Tell(target, TcpNodes.Chunk(0, new float[4], lease));
        });
        await Wait.Until(() => probe.Of<Terminated>().Count == 1 && lease.Releases == 1, "both are done");
        Assert.Equal(1, near.DeadLetters);
    }

    [Fact]
    public async Task What_is_no_message_of_the_wire_cannot_be_told_to_another_node()
    {
        await using var far = await TcpNodes.ListeningAsync();
        await using var near = new TcpHost();
        var target = near.Remote(far.BoundEndPoint!, "far");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        Assert.Contains("cannot leave its process", Assert.Throws<ArgumentException>(() => target.Tell("text")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_go_to_the_destination_of_their_actor_and_bytes_are_counted()
    {
        await using var far = await TcpNodes.ListeningAsync();
        await using var near = new TcpHost();
        var pool = new ChunkPool();
        far.RegisterDestination("far", pool);
        var onFar = Recorder.Spawn(far, "far");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        near.Remote(far.BoundEndPoint!, "far").Tell(TcpNodes.Chunk(0, new float[1000]));
        await Wait.Until(() => onFar.Count == 1, "the chunk is there");
        Assert.Equal(1, pool.Lent);
        Assert.InRange(far.BytesReceived, 4000, 5000);
        Assert.InRange(near.BytesSent, 4000, 5000);
    }

    [Fact]
    public void Redials_come_ever_later_up_to_a_bound_and_not_all_at_once()
    {
        Assert.Equal(HostLimits.FirstRedialDelay, NodeLink.RedialDelay(0, jitter: 0.5));
        Assert.Equal(2 * HostLimits.FirstRedialDelay, NodeLink.RedialDelay(1, jitter: 0.5));
        Assert.Equal(HostLimits.MaxRedialDelay, NodeLink.RedialDelay(1000, jitter: 0.5));
        Assert.Equal(HostLimits.MaxRedialDelay * 0.75, NodeLink.RedialDelay(1000, jitter: 0));
        var (a, b) = (new Distributed.Actors.Tcp.NodeIdentity("a"), new Distributed.Actors.Tcp.NodeIdentity("b"));
        Assert.All(Enumerable.Range(0, 100), attempt => Assert.InRange(a.Jitter(attempt), 0, 1));
        Assert.NotEqual(a.Jitter(0), b.Jitter(0));
        Assert.NotEqual(a.Jitter(0), a.Jitter(1));
    }
}
