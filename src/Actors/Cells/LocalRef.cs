namespace Distributed.Actors.Cells;

/// <summary>An actor of this node. One per cell, so that reference equality is incarnation equality.</summary>
internal sealed class LocalRef(ActorCell cell) : ActorRef, IWatchable, IWatcher
{
    public ActorCell Cell { get; } = cell;

    public override string Path => Cell.Name;

    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        Cell.Enqueue(new Envelope(message, sender, Incarnation: 0));
    }

    public void AddWatcher(IWatcher watcher) => Cell.AddWatcher(watcher);

    public void RemoveWatcher(IWatcher watcher) => Cell.RemoveWatcher(watcher);

    /// <summary>Tells this watcher that <paramref name="actor"/> is gone.</summary>
    public void Notify(ActorRef actor, string reason) =>
        Cell.Enqueue(new Envelope(new TerminationNotice(new Terminated(actor, reason)), null, Incarnation: 0));
}
