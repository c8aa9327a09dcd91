using Akka.Actor;
using Distributed.Actors.Akka.Cells;
using Distributed.Actors.Akka.Wire;
using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;
using Distributed.Protocol;
using ActorStopped = Distributed.Protocol.ActorStopped;
using Envelope = Distributed.Actors.Cells.Envelope;

namespace Distributed.Actors.Akka.Peers;

/// <summary>Chunks over connections of their own. Messages of a conversation then come by two ways, and are put in the order of their numbers.</summary>
internal sealed partial class Peer : IWatcher
{
    private NodeLink? _link;
    private ActorTraffic? _watched;

    /// <summary>The other side takes chunks there.</summary>
    public void OnPlane(string place)
    {
        if (place.Length == 0 || host.Plane is null) return;
        lock (Gate) _link ??= host.Plane.Dial(place);
    }

    /// <summary>A connection that chunks went over is lost.</summary>
    public void Notify(ActorRef actor, string reason) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => Break($"The connection for chunks of {Address} is lost: {reason}"), null); // may be called under the gate

    /// <summary>Delivers what came by Akka.Remote when it is its turn.</summary>
    public void Arrive(Resident here, IActorRef sender, in NumberedHead head, object body)
    {
        bool isFirst;
        lock (Gate)
        {
            var known = Find(here, sender);
            if (known?.InId == head.Conversation && head.Number > known.InNext)
            {
                Keep(known, head.Number, body);
                return;
            }

            if (Receive(here, sender, head) is not { } conversation)
            {
                (body as IReleasable)?.Release();
                return;
            }

            isFirst = head.Number == 0;
            Deliver(conversation, body);
            DeliverEarly(conversation);
        }

        if (isFirst) host.EarlyChunks.PlaceThoseOf(head.Conversation);
    }

    /// <summary>Delivers a chunk that came over a connection of its own when it is its turn.</summary>
    /// <param name="drained">To wait for before more is read, since the actor lags behind; null: nothing is.</param>
    /// <returns>False: the conversation is not known here.</returns>
    public bool TryPlace(Placed placed, TensorChunk chunk, out Task? drained)
    {
        lock (Gate)
        {
            drained = null;
            if (InOf(placed.Conversation) is not { } conversation) return false;
            if (placed.Number == conversation.InNext)
            {
                conversation.InNext++;
                conversation.LastIn = host.Timestamp;
                Deliver(conversation, chunk);
                DeliverEarly(conversation);
            }
            else if (placed.Number > conversation.InNext)
            {
                Keep(conversation, placed.Number, chunk);
            }
            else
            {
                chunk.Release();
            }

            drained = conversation.Here.Cell?.WhenDrained();
            return true;
        }
    }

    private Conversation? InOf(ulong id)
    {
        foreach (var conversation in _live.Values)
        {
            if (conversation.InId == id) return conversation;
        }

        return null;
    }

    /// <summary>The open connection for a conversation's chunks; null: they go by Akka.Remote. Its first message always does: it says what the chunks are of.</summary>
    private ActorTraffic? WayFor(Conversation conversation)
    {
        if (_link?.Connection?.Traffic is not { } traffic || conversation.OutNext == 0) return null;
        if (traffic != _watched)
        {
            _watched = traffic;
            DataPlane.TakerAt(traffic).AddWatcher(this);
        }

        return traffic;
    }

    /// <summary>The node may be gone; if it is not, its next conversation says again where it takes chunks.</summary>
    private void LeavePlane()
    {
        _link?.Stop();
        (_link, _watched) = (null, null);
    }

    private void Keep(Conversation conversation, ulong number, object body)
    {
        if (conversation.Early is not { Count: > 0 }) conversation.LastIn = host.Timestamp;
        if (!(conversation.Early ??= []).TryAdd(number, body)) (body as IReleasable)?.Release();
    }

    private void DeliverEarly(Conversation conversation)
    {
        while (conversation.Early?.Remove(conversation.InNext, out var body) == true)
        {
            conversation.InNext++;
            conversation.LastIn = host.Timestamp;
            Deliver(conversation, body);
        }
    }

    private static void Deliver(Conversation conversation, object body)
    {
        if (body is ActorStopped stopped) conversation.End(stopped.Reason);
        else if (conversation.Here.Cell is { } cell) cell.Enqueue(new Envelope(body, AkkaHost.IsPostbox(conversation.There) ? null : conversation, Incarnation: 0));
        else (body as IReleasable)?.Release();
    }
}
