namespace Distributed.Actors;

/// <summary>Where messages to an actor go; says nothing of where it lives. Equal refs reach the same actor incarnation.</summary>
public abstract class ActorRef
{
    /// <summary>"worker" on this node, or "worker@host/pid" on another, for logs.</summary>
    public abstract string Path { get; }

    /// <summary>Sends. Never blocks, never throws for a peer's fault; messages from one actor to another arrive in order, or are
    /// lost from some point on (then a watcher gets <see cref="Terminated"/>).</summary>
    /// <param name="message">Not changed after the call.</param>
    /// <param name="sender">Who answers go to.</param>
    public abstract void Tell(object message, ActorRef? sender = null);

    /// <summary>As <see cref="Tell"/>, for a message that may wait for the next; by itself it does not wait for long.</summary>
    internal virtual void TellAhead(object message, ActorRef? sender) => Tell(message, sender);

    public override string ToString() => Path;
}
