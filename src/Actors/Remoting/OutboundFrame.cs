using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Remoting;

/// <summary>A frame that waits to be sent.</summary>
internal readonly record struct OutboundFrame(string To, string From, object Body)
{
    /// <summary>About its bytes on the wire.</summary>
    public long Bytes => 32 + To.Length + From.Length
        + (Body is TensorChunk chunk ? chunk.Bytes : ((IMessage)Body).CalculateSize());
}
