using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;
using Distributed.Actors.Simulated;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors;

/// <summary>One node of a <see cref="Simulation"/>, which can be killed and restarted.</summary>
public sealed class SimulatorHost : IActorHost
{
    private readonly Action<SimulatorHost>? _boot;
    private readonly Dictionary<string, IChunkDestination> _destinations = new(StringComparer.Ordinal);
    private readonly ChunkPool _pool = new();
    private SimulatedLife _life;

    internal SimulatorHost(Simulation simulation, string name, Action<SimulatorHost>? boot)
    {
        (Simulation, Name, _boot) = (simulation, name, boot);
        Log = simulation.Logs.CreateLogger(name);
        _life = new SimulatedLife(this);
    }

    public Simulation Simulation { get; }

    public string Name { get; }

    public bool IsAlive => _life.IsAlive;

    /// <summary>Messages that nobody handled, since the node's last start.</summary>
    public long DeadLetters => _life.Node.DeadLetters.Count;

    internal ILogger Log { get; }

    internal ActorNode Node => _life.Node;

    internal SimulatedLife Life => _life;

    public ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null)
    {
        if (!IsAlive)
        {
            throw new InvalidOperationException($"{Name} is not running; restart it first.");
        }

        return Node.Spawn(name, create, supervision, parent: null);
    }

    /// <remarks>An actor of a node that was killed counts as stopped with a <see cref="HostException"/>.</remarks>
    public Task<Exception?> WhenStopped(ActorRef actor) => ActorNode.WhenStopped(actor);

    /// <summary>Asks an actor of this node to stop after the message it is handling.</summary>
    public void Stop(ActorRef actor) => ActorNode.Stop(actor);

    /// <summary>The actor of this node that has this name now; null if none has.</summary>
    public ActorRef? Find(string name) => Node.Find(name)?.Ref;

    /// <summary>An actor of another node by name, through whatever connection there is when it is used.</summary>
    public ActorRef Remote(SimulatorHost node, string actor)
    {
        ActorName.Check(actor);
        return new LinkRef(_life.LinkTo(node), actor);
    }

    /// <summary>Where chunks for the actor of this name are written from now on, also after a restart.</summary>
    public void RegisterDestination(string actor, IChunkDestination destination) => _destinations[actor] = destination;

    /// <summary>The process is gone: no Stopped, no Goodbye. Other nodes notice after <see cref="Simulation.DetectionTime"/>.</summary>
    public void Kill()
    {
        if (IsAlive)
        {
            Simulation.Record($"{Name} is killed");
            _life.End();
            Simulation.OnKilled(this);
        }
    }

    /// <summary>Starts the node anew, after killing it if it runs.</summary>
    public void Restart()
    {
        Kill();
        Simulation.Record($"{Name} is restarted");
        _life = new SimulatedLife(this);
        Boot();
    }

    internal void Boot() => _boot?.Invoke(this);

    internal IChunkDestination DestinationFor(string actor) => _destinations.GetValueOrDefault(actor, _pool);
}
