using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tests.Tcp;

public sealed class TcpFaultTests
{
    [Fact]
    public async Task Garbage_costs_only_its_own_connection()
    {
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Logs = logs });
        await using var near = new TcpHost();
        far.Spawn("echo", TcpNodes.Echo());
        var probe = Recorder.Spawn(near);
        var target = near.Remote(far.BoundEndPoint!, "echo");
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        var random = new Random(5);
        for (var round = 1; round <= 20; round++)
        {
            var garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            garbage[0] = 0; // A frame of 0 bytes, so that it is surely garbage from its first byte.
            using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
            await stranger.SendAsync(garbage);
            await stranger.WhenClosedAsync();
            probe.Do(context => context.Tell(target, new Evaluate()));
            await Wait.Until(() => probe.Count == round, $"answer {round} is there");
        }

        var warnings = logs.At(LogLevel.Warning);
        Assert.Contains("what the protocol does not allow", warnings[0], StringComparison.Ordinal);
        Assert.InRange(warnings.Count, 1, 19);
        Assert.Empty(logs.At(LogLevel.Error));
        Assert.Empty(probe.Of<Terminated>());
    }

    [Fact]
    public async Task Whoever_dials_with_another_version_is_told_both_versions_and_turned_away()
    {
        await using var far = await TcpNodes.ListeningAsync();
        using var old = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await old.SayHelloAsync(version: 99);
        var goodbye = (Goodbye)(await old.ReadAsync<Goodbye>()).Body;
        Assert.True(goodbye.Refused);
        Assert.Contains("version 99", goodbye.Reason, StringComparison.Ordinal);
        Assert.Contains($"version {ProtocolVersion.Current}", goodbye.Reason, StringComparison.Ordinal);
        await old.SendAsync(goodbye);
        await old.WhenClosedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_refused_for_its_version_dials_no_more(bool byItsOwnHello)
    {
        var time = new ManualTime();
        await using var near = new TcpHost(new TcpHostOptions { Time = time });
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var link = near.Connect(listener.LocalEndpoint);
        using var far = await RawPeer.AcceptAsync(listener);
        await far.ReadAsync<Hello>();
        if (byItsOwnHello)
        {
            await far.SayHelloAsync(version: 99);
            await far.ReadAsync<Goodbye>();
        }
        else
        {
            await far.SendAsync(new Goodbye { Reason = "version 99 speaks not with version 1", Refused = true });
        }

        far.Dispose();
        Assert.Contains("version 99", await link.WhenRefused.WaitAsync(Wait.Bound), StringComparison.Ordinal);
        await link.Ended.WaitAsync(Wait.Bound);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_node_that_answers_no_Hello_is_given_up_and_dialled_again()
    {
        var time = new ManualTime();
        await using var near = new TcpHost(new TcpHostOptions { Time = time });
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var link = near.Connect(listener.LocalEndpoint);
        using var first = await RawPeer.AcceptAsync(listener);
        await first.ReadAsync<Hello>();
        await TcpNodes.AdvanceUntil(time, listener.Pending, "it is dialled again");
        Assert.True(time.GetElapsedTime(0) >= HostLimits.HandshakeTimeout);
        using var second = await RawPeer.AcceptAsync(listener);
        await second.SayHelloAsync();
        await link.WhenConnected.WaitAsync(Wait.Bound);
    }

    [Fact]
    public async Task A_stranger_without_Hello_is_dropped_and_only_so_many_are_let_in()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Time = time });
        var strangers = new List<RawPeer>();
        for (var i = 0; i < HostLimits.MaxUnfinishedHandshakes; i++)
        {
            strangers.Add(await RawPeer.ConnectAsync(far.BoundEndPoint!));
            await strangers[i].ReadAsync<Hello>();
        }

        try
        {
            using var oneTooMany = await RawPeer.ConnectAsync(far.BoundEndPoint!);
            Assert.Null(await oneTooMany.ReadAsync());
        }
        catch (SocketException turnedAway)
        {
            Assert.Equal(SocketError.ConnectionReset, turnedAway.SocketErrorCode);
        }

        Assert.Equal(HostLimits.MaxUnfinishedHandshakes, far.Connections.Count);
        time.Advance(HostLimits.HandshakeTimeout);
        foreach (var stranger in strangers)
        {
            await stranger.WhenClosedAsync();
            stranger.Dispose();
        }

        await Wait.Until(() => far.Connections.Count == 0, "all are gone");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_connection_tells_the_watchers_on_both_sides_and_is_made_anew(bool sharesMemory)
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", SharesMemory = sharesMemory });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", SharesMemory = sharesMemory });
        await using var proxy = new ValveProxy(far.BoundEndPoint!);
        far.Spawn("echo", TcpNodes.Echo());
        var (onFar, onNear) = (Recorder.Spawn(far, "watcher", (context, message) =>
        {
            if (message is Evaluate)
            {
                context.Watch(context.Sender!);
            }
        }), Recorder.Spawn(near));
        var (echo, watcher) = (near.Remote(proxy.EndPoint, "echo"), near.Remote(proxy.EndPoint, "watcher"));
        await near.Connect(proxy.EndPoint).WhenConnected.WaitAsync(Wait.Bound);
        onNear.Do(context =>
        {
            context.Watch(echo);
            context.Tell(watcher, new Evaluate());
            context.Tell(echo, new Evaluate { Version = 1 });
        });
        await Wait.Until(() => onNear.Count == 1 && onFar.Count == 1, "both know each other");
        var oldRef = onNear.Entries[0].Sender!;
        proxy.Cut();
        await Wait.Until(() => onNear.Of<Terminated>().Count == 1 && onFar.Of<Terminated>().Count == 1, "both are told");
        Assert.Equal(echo, onNear.Of<Terminated>()[0].Actor);

        await Wait.Until(() => proxy.Accepted == 2 && near.Connect(proxy.EndPoint).IsConnected, "they are connected again");
        onNear.Do(context =>
        {
            context.Tell(oldRef, new Evaluate { Version = 2 });
            context.Watch(oldRef);
            context.Tell(echo, new Evaluate { Version = 3 });
        });
        await Wait.Until(() => onNear.Of<WeightsHeld>().Count == 2, "the new connection carries an answer");
        Assert.Equal([1ul, 3ul], onNear.Of<WeightsHeld>().Select(held => held.Version));
        Assert.Equal(oldRef, onNear.Of<Terminated>()[1].Actor);
        Assert.NotEqual(oldRef, onNear.Entries[^1].Sender);
    }

    [Fact]
    public async Task A_silent_peer_is_lost_after_the_heartbeat_timeout_but_any_byte_is_life()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Time = time });
        var probe = Recorder.Spawn(far, "watcher", (context, message) =>
        {
            if (message is Join)
            {
                context.Watch(context.Sender!);
            }
        });
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await peer.SayHelloAsync();
        await peer.SendAsync(new Join { Name = "raw" }, to: "watcher", from: "raw");
        await Wait.Until(() => probe.Count == 1, "it has joined");

        // A chunk that trickles in over many heartbeat timeouts.
        var chunk = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(chunk, "", "", TcpNodes.Chunk(0, new float[300]));
        var head = chunk.WrittenSpan[..8].ToArray();
        for (var i = 0; i < head.Length; i++)
        {
            var before = far.BytesReceived;
            await peer.SendAsync([head[i]]);
            await Wait.Until(() => far.BytesReceived == before + 1, "the byte is there");
            time.Advance(HostLimits.HeartbeatTimeout - HostLimits.HeartbeatInterval);
        }

        Assert.Empty(probe.Of<Terminated>());
        time.Advance(2 * HostLimits.HeartbeatTimeout);
        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "it is lost");
        Assert.Contains("Nothing was heard", probe.Of<Terminated>()[0].Reason, StringComparison.Ordinal);
        await peer.WhenClosedAsync();
    }

    [Fact]
    public async Task A_restarted_node_is_reached_by_the_same_ref()
    {
        var first = await TcpNodes.ListeningAsync();
        var port = first.BoundEndPoint!.Port;
        var endPoint = first.BoundEndPoint!;
        first.Spawn("echo", TcpNodes.Echo());
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2" });
        var probe = Recorder.Spawn(near);
        var target = near.Remote(endPoint, "echo");
        await near.Connect(endPoint).WhenConnected.WaitAsync(Wait.Bound);
        probe.Do(context => context.Watch(target));
        await first.DisposeAsync();
        await Wait.Until(() => probe.Of<Terminated>().Count == 1, "its end is noticed");

        await using var second = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/3" }, port);
        second.Spawn("echo", TcpNodes.Echo());
        await Wait.Until(() => near.Connect(endPoint).IsConnected, "it is connected again");
        probe.Do(context => context.Tell(target, new Evaluate { Version = 5 }));
        await Wait.Until(() => probe.Of<WeightsHeld>().Count == 1, "the new node answers");
        Assert.Equal("echo@far/3", probe.Entries[^1].Sender!.Path);
    }
}
