using Distributed.Protocol;

namespace Distributed.Actors.Akka;

/// <summary>Every bound, interval and wait of the host on Akka.NET, with its unit, beside those of <see cref="HostLimits"/>.</summary>
public static class ClusterLimits
{
    /// <summary>Bytes of chunks on their way to a node at most, before it has taken some. Eight of 1 MiB were measured to leave heartbeats alone; 64 MiB made
    /// nodes count as lost.</summary>
    public const long BytesInFlight = 8L << 20;

    /// <summary>A node says that it has taken chunks when they are so many bytes: a word for each would cost as much as a chunk.</summary>
    public const long BytesTakenTogether = 1L << 20;

    /// <summary>A node that takes none of the chunks on their way to it for this long, although more wait, is lost.</summary>
    public static readonly TimeSpan TakenTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Chunks at most that came over connections of their own before the conversation that they are of was known.</summary>
    public const int MaxEarlyChunks = 256;

    /// <summary>How often that is looked at.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>For an answer of another node's host.</summary>
    public static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A node that leaves has this long to tell the others and to end.</summary>
    public static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of Akka.Remote's messages at least: a chunk, and what stands around it here and there.</summary>
    public const int LeastFrameBytes = ClusterCodec.MaxBytes + 4096;
}
