using Distributed.Actors.Tcp;

namespace Distributed.Actors;

/// <summary>An open connection at one moment.</summary>
/// <param name="Peer">What the peer calls itself; "?" before its Hello.</param>
/// <param name="BytesQueued">Of messages waiting to be sent.</param>
/// <param name="IsPaused">Reading waits for an actor whose mailbox is full.</param>
public sealed record ConnectionInfo(
    string Peer, string Address, bool IsEstablished, long BytesSent, long BytesReceived, long BytesQueued, bool IsPaused)
{
    /// <summary>Chunks that the peer, on this machine, reads where they lie here.</summary>
    public long ChunksLent { get; init; }

    internal static ConnectionInfo Of(Connection connection) => new(
        connection.PeerName, connection.Address, connection.IsEstablished, connection.BytesSent, connection.BytesReceived,
        connection.BytesQueued, connection.IsPaused)
    { ChunksLent = connection.ChunksLent };
}
