namespace Distributed.Actors;

/// <summary>Runs actors on a node. Implementations: InProcessHost, TcpHost, SimulatorHost.</summary>
public interface IActorHost
{
    /// <summary>Starts a top-level actor.</summary>
    /// <param name="name">Unique on the node, 1 to 64 of [a-z0-9./-].</param>
    ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null);

    /// <summary>Completes when the actor has stopped, with the reason; null when it stopped on purpose.</summary>
    Task<Exception?> WhenStopped(ActorRef actor);
}
