using System.Buffers;
using System.Net.Sockets;
using Distributed.Protocol;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>What a peer can cost at most: in time, in connections, in bytes.</summary>
public sealed class TcpLimitsTests
{
    [Fact]
    public async Task A_Hello_that_trickles_in_gains_no_time()
    {
        var time = new ManualTime();
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", Time = time });
        using var stranger = await RawPeer.ConnectAsync(far.BoundEndPoint!);
        await stranger.ReadAsync<Hello>();
        var hello = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(hello, "", "", RawPeer.Hello());
        var step = TimeSpan.FromSeconds(0.5);
        var steps = (int)(HostLimits.HandshakeTimeout / step) - 1;
        for (var i = 0; i < steps; i++)
        {
            await stranger.SendAsync([hello.WrittenSpan[i]]);
            await Wait.Until(() => far.BytesReceived == i + 1, "the byte is read");
            time.Advance(step);
        }

        Assert.Single(far.Connections);
        time.Advance(step);
        Assert.Null(await stranger.ReadAsync());
        await Wait.Until(() => far.Connections.Count == 0, "it is gone");
    }

    [Fact]
    public async Task Only_so_many_connections_are_accepted_and_a_place_that_is_free_again_is_given_away()
    {
        await using var far = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "far/1", MaxInboundConnections = 2 });
        await using var elsewhere = await TcpNodes.ListeningAsync(new TcpHostOptions { Name = "elsewhere/1" });
        await far.Connect(elsewhere.BoundEndPoint!).WhenConnected.WaitAsync(Wait.Bound);
        var first = await EnterAsync(far, 2);
        using var second = await EnterAsync(far, 3);
        await TurnedAwayAsync(far);
        first.Dispose();
        await Wait.Until(() => far.Connections.Count == 2, "the first has left");
        using var third = await EnterAsync(far, 3);
        await TurnedAwayAsync(far);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0xA0, 0x40 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    public async Task A_length_beyond_the_bound_ends_a_connection_of_long_standing_too(byte[] length)
    {
        await using var far = await TcpNodes.ListeningAsync();
        using var peer = await EnterAsync(far, 1);
        await peer.SendAsync(length);
        await peer.WhenClosedAsync();
        await Wait.Until(() => far.Connections.Count == 0, "it is gone");
    }

    [Fact]
    public async Task A_long_frame_is_taken_once_the_handshake_is_done()
    {
        await using var far = await TcpNodes.ListeningAsync();
        var probe = Recorder.Spawn(far, "sink", (_, message) => ((TensorChunk)message).Release());
        using var peer = await RawPeer.ConnectAsync(far.BoundEndPoint!);

        // In one write, so that the chunk's length is read in the same turn as the Hello.
        var both = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(both, "", "", RawPeer.Hello());
        FrameEncoder.Write(both, "sink", "raw", TcpNodes.Chunk(0, new float[1000]));
        await peer.SendAsync(both.WrittenSpan.ToArray());
        await Wait.Until(() => probe.Count == 1, "the chunk is there");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_closes_its_half_is_let_go(bool greeted)
    {
        await using var far = await TcpNodes.ListeningAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(far.BoundEndPoint!);
        using var peer = new RawPeer(client);
        if (greeted)
        {
            await peer.SayHelloAsync();
            await Wait.Until(() => far.Connections.Any(connection => connection.IsEstablished), "it has entered");
        }

        await Wait.Until(() => far.BytesSent > 0, "it is greeted");
        client.Client.Shutdown(SocketShutdown.Send);
        await Wait.Until(() => far.Connections.Count == 0, "it is gone");
    }

    private static async Task<RawPeer> EnterAsync(TcpHost host, int connections)
    {
        var peer = await RawPeer.ConnectAsync(host.BoundEndPoint!);
        await peer.SayHelloAsync();
        await peer.ReadAsync<Hello>();
        await Wait.Until(
            () => host.Connections.Count == connections && host.Connections.All(connection => connection.IsEstablished), "it has entered");
        return peer;
    }

    private static async Task TurnedAwayAsync(TcpHost host)
    {
        try
        {
            using var peer = await RawPeer.ConnectAsync(host.BoundEndPoint!);
            Assert.Null(await peer.ReadAsync());
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }
}
