using System.Text;
using Distributed.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Hosts with a shared secret, and strangers who try to do without.</summary>
public sealed class TcpSecretTests
{
    private const string Text = "a secret that no log may show";

    private static SharedSecret Secret(string text = Text) => SharedSecret.From(Encoding.UTF8.GetBytes(text), "test");

    [Fact]
    public async Task Nodes_with_the_same_secret_talk()
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Secret = Secret() });
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Secret = Secret(Text + "\n") });
        far.Spawn("echo", TcpNodes.Echo());
        var probe = Recorder.Spawn(near);
        await near.Connect(far.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        var echo = near.Remote(far.BoundEndPoint!, "echo");
        probe.Do(context => context.Tell(echo, new Evaluate { Version = 4 }));
        await Wait.Until(() => probe.Of<WeightsHeld>().Count == 1, "the answer is there");
    }

    [Theory]
    [InlineData(Text, "a secret of somebody else", "does not prove the shared secret")]
    [InlineData(Text, null, "asks for a shared secret")]
    [InlineData(null, Text, "asks for a shared secret")]
    public async Task Without_the_same_secret_both_sides_say_why_and_the_dialling_one_gives_up(string? listening, string? dialling, string words)
    {
        var logs = new CapturingLogs();
        await using var far = await TcpNodes.ListeningAsync(
            new TcpHostOptions { Name = "far/1", Logs = logs, Secret = listening is null ? null : Secret(listening) });
        await using var near = new TcpHost(
            new TcpHostOptions { Name = "near/2", Logs = logs, Secret = dialling is null ? null : Secret(dialling) });
        var link = near.Connect(far.BoundEndPoint!);
        var refusal = await link.WhenRefused.WaitAsync(Wait.Bound);
        await link.Ended.WaitAsync(Wait.Bound);
        Assert.Contains(words, refusal, StringComparison.Ordinal);
        Assert.False(link.WhenConnected.IsCompleted);
        await Wait.Until(() => far.Connections.Count == 0, "the connection is gone");
        Assert.Contains(logs.At(LogLevel.Warning), line => line.Contains(words, StringComparison.Ordinal));
        foreach (var level in Enum.GetValues<LogLevel>())
        {
            Assert.DoesNotContain(logs.At(level), line => line.Contains(Text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_stranger_reaches_no_actor_before_its_proof()
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Secret = Secret() });
        var probe = Recorder.Spawn(far, "watcher", (_, _) => { });
        object[] tries = [new Join { Name = "raw" }, TcpNodes.Chunk(0, new float[20]), new Watch(), new Heartbeat()];
        foreach (var message in tries)
        {
            using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
            await stranger.SendAsync(RawPeer.Hello(secret: true));
            await stranger.ReadAsync<Hello>();
            await stranger.SendAsync(message, to: "watcher", from: "raw");
            Assert.Null(await stranger.ReadAsync());
        }

        Assert.Equal(0, probe.Count);
    }

    [Fact]
    public async Task A_wrong_proof_is_told_and_gets_nothing_in_return()
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Secret = Secret() });
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.SendAsync(RawPeer.Hello(secret: true));
        await stranger.ReadAsync<Hello>();
        await stranger.SendAsync(new Proof { Mac = ByteString.CopyFrom(new byte[32]) });
        var goodbye = Assert.IsType<Goodbye>((await stranger.ReadAsync())!.Value.Body);
        Assert.True(goodbye.Refused);
        await stranger.SendAsync(goodbye);
        await stranger.WhenClosedAsync();
    }

    [Fact]
    public async Task A_node_that_listens_must_prove_itself_too()
    {
        await using var near = new TcpHost(new TcpHostOptions { Name = "near/2", Secret = Secret() });
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var link = near.Connect(listener.LocalEndpoint);
        using var rogue = await RawPeer.AcceptAsync(listener);
        await rogue.SendAsync(RawPeer.Hello(secret: true));
        var proof = (Proof)(await rogue.ReadAsync<Proof>()).Body;
        await rogue.SendAsync(proof);
        Assert.Contains("does not prove", await link.WhenRefused.WaitAsync(Wait.Bound), StringComparison.Ordinal);
        Assert.False(link.WhenConnected.IsCompleted);
    }

    [Fact]
    public async Task A_peer_that_keeps_its_proof_back_is_dropped_when_the_handshake_takes_too_long()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Secret = Secret(), Time = time });
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.SendAsync(RawPeer.Hello(secret: true));
        await stranger.ReadAsync<Hello>();
        await Wait.Until(() => far.Connections.Single().Peer == "raw/0", "its Hello is read");
        time.Advance(HostLimits.HandshakeTimeout);
        Assert.Null(await stranger.ReadAsync());
        await Wait.Until(() => far.Connections.Count == 0, "it is gone");
    }

    [Theory]
    [InlineData(FrameLimits.MaxHandshakeFrameBytes + 1)]
    [InlineData(FrameLimits.MaxFrameBytes)]
    public async Task A_long_frame_is_refused_by_its_length_before_the_handshake_is_done(int length)
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1" });
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.ReadAsync<Hello>();
        await stranger.SendAsync([.. Varint(length)]);
        Assert.Null(await stranger.ReadAsync());
    }

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }

        yield return (byte)value;
    }
}
