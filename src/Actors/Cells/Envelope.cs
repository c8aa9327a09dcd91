using Distributed.Protocol;

namespace Distributed.Actors.Cells;

/// <summary>A message in a mailbox.</summary>
/// <param name="Incarnation">The actor's incarnation that it is for (a post of work); 0: for any.</param>
internal readonly record struct Envelope(object Message, ActorRef? Sender, int Incarnation)
{
    /// <summary>Bytes of tensor elements that wait with this message.</summary>
    public long Bytes => Message is TensorChunk chunk ? chunk.Bytes : 0;
}

/// <summary>On its way to a watcher; dropped there if it no longer watches.</summary>
internal sealed record TerminationNotice(Terminated Terminated);
