using Distributed.Actors.Remoting;
using Distributed.Actors.Tests.Conformance;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>What takes frames in place of an actor, on the thread that reads them.</summary>
public sealed class IntakeTests
{
    [Fact]
    public async Task Takes_what_is_addressed_to_it_in_order_and_no_faster_than_it_says()
    {
        var held = new TaskCompletionSource();
        var taken = new List<ulong>();
        await using var far = await ListeningAsync(body =>
        {
            lock (taken) taken.Add(((WeightsHeld)body).Version);
            return held.Task;
        });
        await using var near = new TcpHost();
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        var target = near.Remote(far.BoundEndPoint!, "intake");
        for (ulong i = 0; i < 100; i++) target.Tell(new WeightsHeld { Version = i });

        await Wait.Until(() => far.Connections.Single().IsPaused, "reading pauses");
        lock (taken) Assert.Equal([0ul], taken);
        held.SetResult();
        await Wait.Until(() => { lock (taken) return taken.Count == 100; }, "all are taken");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (ulong)i), taken);
    }

    [Fact]
    public async Task Each_connection_has_a_sink_of_its_own()
    {
        var opened = 0;
        await using var far = await ListeningAsync(() =>
        {
            Interlocked.Increment(ref opened);
            return _ => null;
        });
        for (var i = 1; i <= 3; i++)
        {
            await using var near = new TcpHost();
            await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
            var target = near.Remote(far.BoundEndPoint!, "intake");
            target.Tell(new WeightsHeld());
            target.Tell(new WeightsHeld());
            await Wait.Until(() => Volatile.Read(ref opened) == i, "it was opened for this connection");
        }
    }

    [Fact]
    public async Task Who_watches_it_is_told_of_the_connections_end_and_of_nothing_before()
    {
        await using var near = new TcpHost();
        var probe = Recorder.Spawn(near);
        await using (var far = await ListeningAsync(_ => null))
        {
            far.Spawn("echo", TcpNodes.Echo());
            await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
            var (target, echo) = (near.Remote(far.BoundEndPoint!, "intake"), near.Remote(far.BoundEndPoint!, "echo"));
            probe.Do(context =>
            {
                context.Watch(target);
                context.Tell(echo, new Evaluate { Version = 1 });
            });
            await Wait.Until(() => probe.Of<WeightsHeld>().Count == 1, "the answer to what was told after the watch has come");
            Assert.Empty(probe.Of<Terminated>());
        }

        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "the watcher is told");
    }

    [Fact]
    public async Task What_it_refuses_ends_the_connection()
    {
        await using var far = await ListeningAsync(_ => throw new ProtocolException("Not this."));
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await peer.SayHelloAsync();
        await peer.ReadAsync<Hello>();
        await peer.SendAsync(new WeightsHeld(), to: "intake");
        await peer.WhenClosedAsync();
    }

    private static Task<TcpHost> ListeningAsync(FrameSink sink) => ListeningAsync(() => sink);

    private static Task<TcpHost> ListeningAsync(Func<FrameSink> open) =>
        TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Intake = new Intake("intake", open) });
}
