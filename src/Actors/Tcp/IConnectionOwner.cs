using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;
using Distributed.Actors.Sharing;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>What a connection needs of its host.</summary>
internal interface IConnectionOwner
{
    ActorNode Node { get; }

    NodeIdentity Identity { get; }

    TcpHostOptions Options { get; }

    /// <summary>What peers on this machine ring; null: they have to send through sockets.</summary>
    Bell? Bell { get; }

    ILogger ConnectionLog { get; }

    /// <summary>For what peers can cause before they are known.</summary>
    RateLimitedLog StrangerLog { get; }

    RateLimitedLog DeadLetterLog { get; }

    IChunkDestination DestinationFor(string actor);

    void CountSent(long bytes);

    void CountReceived(long bytes);

    /// <summary>The handshake is done.</summary>
    void Established(Connection connection);
}
