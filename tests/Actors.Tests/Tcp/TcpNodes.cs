using System.Net;
using Distributed.Protocol;

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
