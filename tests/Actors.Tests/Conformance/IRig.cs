namespace Distributed.Actors.Tests.Conformance;

/// <summary>Two places to put actors, and a way to wait. The two are one node for the in-process host, two connected nodes for others.</summary>
public interface IRig : IAsyncDisposable
{
    /// <summary>Where the actors under test live.</summary>
    IActorHost Far { get; }

    /// <summary>Where the driver lives.</summary>
    IActorHost Near { get; }

    /// <summary>A far actor's ref as the near node has it.</summary>
    Task<ActorRef> SeenFromNear(string farActor);

    /// <summary>Waits until the condition holds, with a generous bound.</summary>
    Task Until(Func<bool> condition, string what);

    /// <summary>Lets the hosts' clocks go on by this much and timers fire.</summary>
    Task Advance(TimeSpan time);

    /// <summary>Messages nobody handled, both places together.</summary>
    long DeadLetters { get; }

    void StopFar(ActorRef actor);
}
