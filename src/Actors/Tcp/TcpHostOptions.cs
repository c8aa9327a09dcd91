using Distributed.Actors.Remoting;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Actors;

/// <summary>What a <see cref="TcpHost"/> may be given.</summary>
public sealed record TcpHostOptions
{
    /// <summary>For logs and the peers' displays; at most 128 bytes.</summary>
    public string Name { get; init; } = $"{Environment.MachineName.ToLowerInvariant()}/{Environment.ProcessId}";

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where arriving chunks are written unless their actor has a destination of its own.</summary>
    public IChunkDestination Destination { get; init; } = new ChunkPool();

    /// <summary>What takes frames of one name in place of an actor; null: nothing does.</summary>
    internal Intake? Intake { get; init; }

    /// <summary>A peer of which no byte came for this long is lost.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = HostLimits.HeartbeatTimeout;

    /// <summary>What every peer must prove to know; null: nothing is asked for.</summary>
    public SharedSecret? Secret { get; init; }

    /// <summary>What every connection is encrypted with, and both sides show first; null: nothing is encrypted.</summary>
    public TlsCredentials? Tls { get; init; }

    /// <summary>Whether a stranger who reaches this node is kept out.</summary>
    public bool AsksWhoJoins => Secret is not null || Tls is not null;

    /// <summary>Whether chunks are lent to peers on this machine that can look at this process's memory, and borrowed from them.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>Connections accepted at a time; more are turned away.</summary>
    public int MaxInboundConnections { get; init; } = HostLimits.MaxInboundConnections;

    /// <summary>The handshake must be done this long after the connection is made.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = HostLimits.HandshakeTimeout;

    /// <summary>A connection that took none of our bytes for this long, although some wait, is lost.</summary>
    public TimeSpan WriteStallTimeout { get; init; } = HostLimits.WriteStallTimeout;

    /// <summary>Bytes of messages waiting to be sent on one connection; beyond, the connection is dropped.</summary>
    public long OutboundQueueBytes { get; init; } = HostLimits.OutboundQueueBytes;
}
