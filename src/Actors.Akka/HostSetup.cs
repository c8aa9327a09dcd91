using Akka.Actor.Setup;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Akka;

/// <summary>What parts that Akka.NET makes by their type's name need of the host.</summary>
internal sealed class HostSetup(IChunkDestination chunks, ILogger log) : Setup
{
    private long _bytesReceived;

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Where chunks that come are written.</summary>
    public IChunkDestination Chunks { get; } = chunks;

    /// <summary>For what Akka.NET has to say.</summary>
    public ILogger Log { get; } = log;

    public void CountReceived(long bytes) => Interlocked.Add(ref _bytesReceived, bytes);
}
