namespace Distributed.Actors;

/// <summary>State that only one message at a time touches. Takes messages, answers with messages through its context.</summary>
/// <remarks>
/// An actor touches no socket, file, clock, thread or randomness itself: time, timers, other actors and heavy work are reached
/// through <see cref="Context"/>. So the same class runs in a process, over TCP, on a cluster, and in virtual time.
/// An exception out of <see cref="Receive"/> restarts the actor by its factory (see <see cref="Supervision"/>): the state
/// starts anew, the mailbox stays.
/// </remarks>
public abstract class Actor
{
    /// <summary>Set by the host before <see cref="Started"/>.</summary>
    public IActorContext Context { get; set; } = null!;

    /// <summary>Whether its turns wait for nothing and take much less than a heartbeat, always. Then the thread that reads what other processes of this
    /// machine say may run them (<see cref="Sharing.Bell"/>): while it does, it reads nothing.</summary>
    public virtual bool HasShortTurns => false;

    /// <summary>Called once before the first message.</summary>
    public virtual void Started()
    {
    }

    /// <summary>Handles one message.</summary>
    public abstract void Receive(object message);

    /// <summary>Called once after the last message: a stop or a restart.</summary>
    public virtual void Stopped()
    {
    }
}
