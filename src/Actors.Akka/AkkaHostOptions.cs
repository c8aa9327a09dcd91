using Distributed.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Actors.Akka;

/// <summary>What an <see cref="AkkaHost"/> may be given.</summary>
public sealed record AkkaHostOptions
{
    /// <summary>Where it listens, and what other nodes know it by: a name or an address that they can dial. Only this machine's own by default.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>What it is in the cluster: "coordinator", "worker", and names of the user's.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Settings of Akka.NET in HOCON that override those of distributed.conf; null: none.</summary>
    public string? Settings { get; init; }

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The actors' clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What every connection is encrypted with, and both sides show first; null: nothing is encrypted.</summary>
    public TlsCredentials? Tls { get; init; }

    /// <summary>Where chunks are written that come.</summary>
    public IChunkDestination Chunks { get; init; } = new ChunkPool();

    /// <summary>Whether chunks go over connections of their own to nodes that take them so.</summary>
    public bool TensorsOverTcp { get; init; }

    /// <summary>Where it takes such connections, at the same address; 0: any free port.</summary>
    public int DataPort { get; init; }

    /// <summary>Whether such chunks are lent to nodes on this machine that can look at this process's memory, and borrowed from them.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>A node that takes none of the chunks on their way to it for this long is lost.</summary>
    public TimeSpan TakenTimeout { get; init; } = ClusterLimits.TakenTimeout;
}
