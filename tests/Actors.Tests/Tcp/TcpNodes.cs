using System.Net;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>Pieces that the tests of the TCP host share.</summary>
internal static class TcpNodes
{
    public static async Task<TcpHost> ListeningAsync(TcpHostOptions? options = null, int port = 0)
    {
        var host = new TcpHost(options ?? new TcpHostOptions { Name = "far/1" });
        await host.ListenAsync(new IPEndPoint(IPAddress.Loopback, port));
        return host;
    }

    public static Func<Actor> Echo() => () => new ScriptedActor((self, message) =>
    {
        if (message is Evaluate ask)
        {
            self.Reply(new WeightsHeld { Version = ask.Version });
        }
    });

    public static TensorChunk Chunk(int index, Memory<float> data, IChunkLease? lease = null) =>
        new(new ChunkHeader(ChunkKind.Weights, 1, index, 0, 0, data.Length), data, lease);

    /// <summary>Of a partial sum over one shard.</summary>
    public static TensorChunk Partial(int index, Memory<float> data) => new(new ChunkHeader(ChunkKind.Partial, 1, index, 0, 1, data.Length), data);

    /// <summary>The host closes the peer's connection, says why in a warning and in no error, and takes the next.</summary>
    public static async Task OnlyThisIsDropped(TcpHost host, RawPeer peer, CapturingLogs logs, string words)
    {
        await peer.WhenClosedAsync();
        await Wait.Until(() => logs.At(LogLevel.Warning).Count > 0, "it is told");
        Assert.Contains(words, logs.At(LogLevel.Warning)[0], StringComparison.Ordinal);
        Assert.Empty(logs.At(LogLevel.Error));
        using var another = await RawPeer.ConnectAsync(host.BoundEndPoint!);
        await another.ReadAsync<Hello>();
    }

    /// <summary>Lets the clock go on in heartbeats until the condition holds; every step waits for nothing but the threads.</summary>
    public static async Task AdvanceUntil(ManualTime time, Func<bool> condition, string what)
    {
        await Wait.Until(
            () =>
            {
                if (condition())
                {
                    return true;
                }

                time.Advance(HostLimits.HeartbeatInterval);
                return false;
            },
            what);
    }
}
