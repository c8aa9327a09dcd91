using Distributed.Actors.Tests.Conformance;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Much data, slow readers, full queues.</summary>
public sealed class TcpFlowTests
{
    private const int MiB = 1 << 20;

    private static readonly float[] OneMiB = new float[FrameLimits.MaxChunkElements];

    [Fact]
    public async Task Heartbeats_pass_queued_chunks_and_a_slow_line_is_no_death()
    {
        const int chunks = 64;
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time, SharesMemory = false });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Time = time, SharesMemory = false });
        await using var proxy = new ValveProxy(far.BoundEndPoint!, allowed: 4096);
        var received = 0;
        far.Spawn("slow", () => new ScriptedActor((_, message) =>
        {
            ((TensorChunk)message).Release();
            Interlocked.Increment(ref received);
        }));
        var probe = Recorder.Spawn(near);
        var target = near.Remote(proxy.EndPoint, "slow");
        await near.Connect(proxy.EndPoint).WhenConnected.WaitAsync(Wait.Bound);
        var farSide = far.OpenConnections.Single();
        await Wait.Until(() => farSide.IsEstablished, "both sides have said Hello");
        probe.Do(context =>
        {
            context.Watch(target);
            for (var i = 0; i < chunks; i++)
            {
                context.Tell(target, TcpNodes.Chunk(i, OneMiB));
            }
        });
        await Wait.Until(() => near.Connections[0].BytesQueued > 32 * MiB, "chunks are queued behind the slow line");

        // A MiB takes 4 s of the hosts' time: 64 of them take 50 heartbeat timeouts.
        var heartbeatsBeforeTheEnd = 0L;
        while (Volatile.Read(ref received) < chunks)
        {
            var (there, had) = (far.BytesReceived, received);
            proxy.Allow(MiB);
            await Wait.Until(() => far.BytesReceived >= there + MiB || Volatile.Read(ref received) == chunks, "what is allowed is through");
            for (var beat = 0; beat < 8; beat++)
            {
                var back = near.BytesReceived;
                time.Advance(HostLimits.HeartbeatInterval);
                await Wait.Until(() => near.BytesReceived > back, "the far side's heartbeat comes back");
            }

            if (had < chunks - 16)
            {
                heartbeatsBeforeTheEnd = farSide.HeartbeatsReceived;
            }
        }

        Assert.InRange(heartbeatsBeforeTheEnd, 10, long.MaxValue);
        Assert.Empty(probe.Of<Terminated>());
        Assert.Equal(1, proxy.Accepted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flood_to_a_slow_actor_is_held_up_at_its_mailbox_and_nobody_is_declared_dead(bool sharesMemory)
    {
        const int chunks = 300;
        var time = new ManualTime();
        var pool = new ChunkPool();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time, Destination = pool, SharesMemory = sharesMemory });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Time = time, SharesMemory = sharesMemory });
        using var mayGo = new ManualResetEventSlim();
        var received = new List<int>();
        far.Spawn("slow", () => new ScriptedActor((_, message) =>
        {
            mayGo.Wait();
            received.Add(((TensorChunk)message).Header.Index);
            ((TensorChunk)message).Release();
        }));
        var probe = Recorder.Spawn(near);
        var target = near.Remote(far.BoundEndPoint!, "slow");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        var lease = new HostConformance.CountingLease();
        probe.Do(context =>
        {
            context.Watch(target);
            for (var i = 0; i < chunks; i++)
            {
                context.Tell(target, TcpNodes.Chunk(i, OneMiB, lease));
            }
        });
        await Wait.Until(() => far.Connections.Any(connection => connection.IsPaused), "reading pauses");
        var bound = HostLimits.MailboxHighWaterBytes / MiB + 3;
        for (var beat = 0; beat < 40; beat++)
        {
            var back = near.BytesReceived;
            time.Advance(HostLimits.HeartbeatInterval);
            await Wait.Until(() => near.BytesReceived > back, "the paused side's heartbeats still come");
            Assert.InRange(pool.Lent, 1, bound);
        }

        Assert.True(lease.Releases < chunks - 100, $"{lease.Releases} chunks have left their host");
        Assert.True(far.Connections.Single().IsPaused);
        mayGo.Set();
        await Wait.Until(() => Volatile.Read(ref received).Count == chunks, "everything is there");
        Assert.Equal(Enumerable.Range(0, chunks), received);
        Assert.Empty(probe.Of<Terminated>());
        Assert.Equal((chunks, 0), (lease.Releases, pool.Lent));
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_dropped_when_the_queue_is_full_and_every_chunk_is_given_back()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Time = time, OutboundQueueBytes = 32 * MiB });
        var (probe, peer) = await JoinAsync(far);
        using var _ = peer;
        var lease = new HostConformance.CountingLease();
        probe.Do(context =>
        {
            var target = probe.Entries[0].Sender!;
            for (var i = 0; i < 100; i++)
            {
                context.Tell(target, TcpNodes.Chunk(i, OneMiB, lease));
            }
        });
        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "it is dropped");
        Assert.Contains("too slowly", probe.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        await Wait.Until(() => lease.Releases == 100, "every chunk is given back");
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_dropped_after_the_stall_timeout_although_it_talks()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Time = time });
        var (probe, peer) = await JoinAsync(far);
        using var _ = peer;
        probe.Do(context =>
        {
            for (var i = 0; i < 40; i++)
            {
                context.Tell(probe.Entries[0].Sender!, TcpNodes.Chunk(i, OneMiB));
            }
        });
        var began = time.GetTimestamp();
        var heartbeat = 0ul;
        while (far.Connections.Count > 0)
        {
            Assert.True(time.GetElapsedTime(began) < 4 * HostLimits.WriteStallTimeout, "The stall was never noticed.");
            var before = far.BytesReceived;
            try
            {
                await peer.SendAsync(new Heartbeat { Sequence = ++heartbeat });
            }
            catch (IOException)
            {
                break; // The host has closed the connection since.
            }

            await Wait.Until(() => far.BytesReceived > before || far.Connections.Count == 0, "the heartbeat is there");
            time.Advance(HostLimits.HeartbeatInterval);
        }

        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "the watcher is told");
        Assert.Contains("took none", probe.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        Assert.True(time.GetElapsedTime(began) >= HostLimits.WriteStallTimeout);
    }

    /// <summary>A raw peer whose actor "raw" is watched by the probe.</summary>
    private static async Task<(Probe Probe, RawPeer Peer)> JoinAsync(TcpHost host)
    {
        var probe = Recorder.Spawn(host, "watcher", (context, message) =>
        {
            if (message is Join)
            {
                context.Watch(context.Sender!);
            }
        });
        var peer = await RawPeer.ConnectAsync(host.BoundEndPoint!);
        await peer.SayHelloAsync();
        await peer.SendAsync(new Join { Name = "raw" }, to: "watcher", from: "raw");
        await Wait.Until(() => probe.Count == 1, "it has joined");
        return (probe, peer);
    }
}
