using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Distributed.Actors.Akka.Wire;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Cells;

/// <summary>What Akka.NET tells everybody: connections that are lost, messages that nobody takes.</summary>
internal sealed class Listener(AkkaHost host) : UntypedActor
{
    protected override void PreStart()
    {
        foreach (var happening in (Type[])[typeof(DisassociatedEvent), typeof(QuarantinedEvent), typeof(DeadLetter)])
            Context.System.EventStream.Subscribe(Self, happening);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DisassociatedEvent lost:
                host.PeerAt(lost.RemoteAddress).Break($"The connection to {lost.RemoteAddress} is lost.");
                break;
            case QuarantinedEvent lost:
                host.PeerAt(lost.Address).Break($"{lost.Address} is no longer talked with: it was lost for too long.");
                break;
            case DeadLetter { Message: Incoming incoming } letter:
                if (incoming.Body is TensorChunk chunk) host.PeerAt(letter.Sender.Path.Address).Take(chunk.Bytes, letter.Sender, Self);
                host.Drop(AkkaHost.NameOf(letter.Recipient), incoming.Body, "there is no such actor");
                break;
            case DeadLetter letter when MessageNames.IsKnown(letter.Message):
                host.Drop(AkkaHost.NameOf(letter.Recipient), letter.Message, "there is no such actor");
                break;
            default:
                break;
        }
    }
}
