using Akka.Actor;

namespace Distributed.Actors.Akka.Cells;

/// <summary>The cluster's singleton: where it is, the coordinator runs.</summary>
internal sealed class Lead(AkkaHost host) : UntypedActor
{
    protected override void PreStart() => host.OnLeads();

    protected override void OnReceive(object message)
    {
        if (host.LeadingShell is { } coordinator) coordinator.Forward(message);
        else Unhandled(message); // the data is still being read; workers ask again
    }
}
