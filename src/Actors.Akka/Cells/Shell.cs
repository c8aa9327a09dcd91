using Akka.Actor;
using Akka.Event;
using Distributed.Actors.Akka.Peers;
using Distributed.Actors.Akka.Wire;
using Distributed.Actors.Cells;
using Distributed.Protocol;
using ActorStopped = Distributed.Protocol.ActorStopped;
using Envelope = Distributed.Actors.Cells.Envelope;
using NativeTerminated = Akka.Actor.Terminated;

namespace Distributed.Actors.Akka.Cells;

/// <summary>Akka.NET's side of one of our actors: takes what is sent to it, gives it its turns, watches others for it.</summary>
/// <remarks>The actor itself lives in a cell, as on every host: so restarts, timers, children and work are the same there.</remarks>
internal sealed class Shell(Resident resident) : UntypedActor
{
    private readonly AkkaHost _host = resident.Host;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TakeTurn: resident.Cell!.Turn(HostLimits.MessagesPerTurn); break;
            case Incoming incoming: OnIncoming(incoming); break;
            case Taken taken: _host.PeerAt(Sender.Path.Address).OnTaken(taken.Bytes); break;
            case Broken broken: _host.PeerAt(Sender.Path.Address).OnBroken(broken); break;
            case WatchFor watch: Context.Watch(watch.Target); break;
            case NativeTerminated gone: OnTerminated(gone); break;
            default: OnNative(message); break;
        }
    }

    /// <summary>A message that was not part of a conversation: by an actor of Akka.NET's, or by way of one.</summary>
    private void OnNative(object message)
    {
        if (!MessageNames.IsKnown(message))
        {
            Unhandled(message);
            return;
        }

        var isFromNobody = Sender.IsNobody() || Sender.Equals(Context.System.DeadLetters) || AkkaHost.IsPostbox(Sender);
        Deliver(new Envelope(message, isFromNobody ? null : _host.RefFor(resident, Sender), Incarnation: 0));
    }

    private void OnIncoming(Incoming incoming)
    {
        var peer = _host.PeerAt(Sender.Path.Address);
        var elementBytes = (incoming.Body as TensorChunk)?.Bytes ?? 0; // before it may be released
        peer.OnPlane(incoming.Head.DataPlane);
        if (_host.Plane is not null)
        {
            peer.Arrive(resident, Sender, incoming.Head, incoming.Body);
        }
        else if (peer.Receive(resident, Sender, incoming.Head) is not { } conversation)
        {
            (incoming.Body as IReleasable)?.Release();
        }
        else if (incoming.Body is ActorStopped stopped)
        {
            conversation.End(stopped.Reason);
        }
        else
        {
            Deliver(new Envelope(incoming.Body, AkkaHost.IsPostbox(Sender) ? null : conversation, Incarnation: 0));
        }

        if (elementBytes > 0) Take(peer, elementBytes);
    }

    private void Deliver(in Envelope envelope)
    {
        if (resident.Cell is not { } cell) (envelope.Message as IReleasable)?.Release();
        else if (envelope.Message is TensorChunk) cell.Enqueue(envelope);
        else cell.EnqueueAndTurn(envelope);
    }

    /// <summary>Lets the node that sent them send as many more, when there is room for them.</summary>
    private void Take(Peer peer, long bytes)
    {
        var (sender, self) = (Sender, Self);
        if (resident.Cell?.WhenDrained() is { IsCompleted: false } drained)
            drained.ContinueWith(_ => peer.Take(bytes, sender, self), TaskScheduler.Default);
        else
            peer.Take(bytes, sender, self);
    }

    private void OnTerminated(NativeTerminated gone)
    {
        var name = AkkaHost.NameOf(gone.ActorRef);
        if (_host.IsHere(gone.ActorRef.Path.Address))
        {
            resident.OnTerminated(gone.ActorRef, $"Actor {name} has stopped.");
            return;
        }

        _host.PeerAt(gone.ActorRef.Path.Address).OnTerminated(gone.ActorRef, gone.AddressTerminated
            ? $"Its node, {gone.ActorRef.Path.Address}, was removed from the cluster."
            : gone.ExistenceConfirmed ? $"Actor {name} has stopped." : $"There is no actor {name} at {gone.ActorRef.Path.Address}.");
    }
}

/// <summary>To a shell: its actor has something to do.</summary>
internal sealed class TakeTurn
{
    public static readonly TakeTurn Instance = new();
}

/// <summary>To a shell: watch that actor.</summary>
internal sealed record WatchFor(IActorRef Target) : INoSerializationVerificationNeeded;
