using Microsoft.Extensions.Logging;

namespace Distributed.Actors;

/// <summary>What a host gives an actor. Only to be used from within the actor's own Receive, Started and Stopped.</summary>
public interface IActorContext
{
    ActorRef Self { get; }

    /// <summary>Who sent the message being handled; null where nobody waits for an answer.</summary>
    ActorRef? Sender { get; }

    /// <summary>Monotonic time since the host started; virtual in the simulator.</summary>
    TimeSpan Now { get; }

    ILogger Log { get; }

    /// <summary>Sends with this actor as the sender.</summary>
    void Tell(ActorRef target, object message);

    /// <summary>As <see cref="Tell"/>, for a message of which <paramref name="target"/> can make no use before a later one has come: it may wait for
    /// that, where waking the other side costs more than bringing the message.</summary>
    void TellAhead(ActorRef target, object message);

    /// <summary>Whether more messages wait for this actor: what the one in hand brings may be done with what they bring.</summary>
    bool HasMore { get; }

    /// <summary>Does something heavy within the turn, in parts that have nothing in common: several at a time where processors allow. Returns when all
    /// are done, in no certain order.</summary>
    /// <param name="part">Gets the number of the part. It touches no context. What it throws is thrown here, when no part runs any more; others may then
    /// be left undone.</param>
    void Split(int parts, Action<int> part);

    /// <summary>Asks for one <see cref="Terminated"/> when <paramref name="target"/> stops or its node is lost. At once if it is gone.</summary>
    void Watch(ActorRef target);

    void Unwatch(ActorRef target);

    /// <summary>Starts a child. A child that fails past its supervision stops; its parent, if it watches, is told.</summary>
    /// <param name="name">Unique on the node.</param>
    ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null);

    /// <summary>Stops an actor of this node after the message it is handling; with its children.</summary>
    void Stop(ActorRef actor);

    /// <summary>Sends <paramref name="message"/> to this actor after <paramref name="delay"/>, again and again if it repeats. Replaces a timer of the same key.</summary>
    void StartTimer(string key, TimeSpan delay, object message, bool repeat = false);

    void CancelTimer(string key);

    /// <summary>Runs heavy work beside the mailbox, one at a time for an actor, in the order given. What it posts comes to this actor
    /// as messages, in order. A failure comes as <see cref="WorkFaulted"/>. After a restart or stop, posts of earlier work are dropped.</summary>
    /// <param name="name">For logs and <see cref="WorkFaulted"/>.</param>
    /// <param name="work">Gets the function that posts.</param>
    void Run(string name, Action<Action<object>> work);

    /// <summary>As <see cref="Run(string, Action{Action{object}})"/>, for work that is given often.</summary>
    void Run(IWork work);
}

/// <summary>Heavy work beside a mailbox.</summary>
public interface IWork
{
    /// <summary>For logs and <see cref="WorkFaulted"/>.</summary>
    string Name { get; }

    /// <summary>Chunks that come for the actor while this runs may wait for its next post, for another message, or for its end: nothing is to
    /// be done with them before. A thread that looks at each of them takes processor time from the work.</summary>
    bool HoldsChunks => false;

    /// <param name="post">Sends a message to the actor.</param>
    void Run(Action<object> post);
}

/// <summary>A watched actor has stopped, or the node it lives on is lost.</summary>
/// <param name="Reason">A sentence.</param>
public sealed record Terminated(ActorRef Actor, string Reason);

/// <summary>Work given to <see cref="IActorContext.Run(IWork)"/> ended with an exception.</summary>
public sealed record WorkFaulted(string Name, Exception Exception);

/// <summary>How often a failing actor is started anew before it is stopped.</summary>
/// <param name="MaxRestarts">Restarts within <paramref name="Window"/>; one more failure stops it.</param>
public sealed record Supervision(int MaxRestarts, TimeSpan Window)
{
    /// <summary>The first failure stops the actor.</summary>
    public static Supervision Never { get; } = new(0, TimeSpan.Zero);

    /// <summary>Ten restarts in a minute.</summary>
    public static Supervision Default { get; } = new(10, TimeSpan.FromMinutes(1));
}
