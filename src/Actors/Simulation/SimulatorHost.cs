using Distributed.Actors.Cells;
using Distributed.Actors.Remoting;
using Distributed.Actors.Simulated;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors;

/// <summary>One node of a <see cref="Simulation"/>, which can be killed, restarted, held up and slowed down.</summary>
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
        _life = new SimulatedLife(this, 1);
    }

    public Simulation Simulation { get; }

    public string Name { get; }

    public bool IsAlive => _life.IsAlive;

    /// <summary>Which life this is, from 1: a restart begins another.</summary>
    public int Incarnation => _life.Number;

    /// <summary>Alive, and neither hanging nor frozen.</summary>
    public bool IsRunning => _life.IsAlive && _life.Standing == Standing.No;

    /// <summary>Its work takes this many times as long.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Messages that nobody handled, since the node's last start.</summary>
    public long DeadLetters => _life.Node.DeadLetters.Count;

    /// <summary>Chunks that are lent out by the host's own pool.</summary>
    public long LentChunks => _pool.Lent;

    internal ILogger Log { get; }

    internal ActorNode Node => _life.Node;

    internal SimulatedLife Life => _life;

    internal long NewestFrame { get; set; }

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

    /// <summary>The node's clock, for work that measures itself: its first reading is when the work began, each later one when it ends.</summary>
    public TimeSpan ReadClock() => _life.ReadClock();

    /// <summary>The machine is gone: no Stopped, no Goodbye. Other nodes notice after <see cref="Simulation.DetectionTime"/>.</summary>
    public void Kill() => End("is killed", side => side.Silence());

    /// <summary>The process is gone but not its machine: no Stopped, no Goodbye, and its last frames are lost; other nodes notice at once.</summary>
    public void Crash() => End("crashes", side => side.SilenceAndEnd());

    /// <summary>Starts the node anew, after killing it if it runs.</summary>
    public void Restart()
    {
        Kill();
        Simulation.Record($"{Name} is restarted");
        _life = new SimulatedLife(this, _life.Number + 1);
        Boot();
    }

    /// <summary>Its actors, timers and work stand still until <see cref="Wake"/>. Its connections stay: heartbeats are answered.</summary>
    public void Hang() => Stand(Standing.Hanging, "hangs");

    /// <summary>Everything of the node stands still until <see cref="Wake"/>; nothing is sent or taken in, so others take it for lost in time.</summary>
    public void Freeze() => Stand(Standing.Frozen, "is frozen");

    /// <summary>What stood still goes on; what was due in the meantime happens now.</summary>
    public void Wake() => Stand(Standing.No, "wakes");

    /// <summary>The node's clock jumps ahead: its timers that have become due fire now.</summary>
    public void JumpClock(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (IsAlive)
        {
            Simulation.Record($"the clock of {Name} jumps by {by.TotalSeconds:0.000} s");
            _life.JumpClock(by);
        }
    }

    internal void Boot() => _boot?.Invoke(this);

    internal IChunkDestination DestinationFor(string actor) => _destinations.GetValueOrDefault(actor, _pool);

    private void End(string how, Action<SimulatedSide> silence)
    {
        if (!IsAlive)
        {
            return;
        }

        Simulation.Record($"{Name} {how}");
        _life.End();
        foreach (var side in Simulation.SidesOf(_life))
        {
            silence(side);
        }
    }

    private void Stand(Standing standing, string how)
    {
        if (!IsAlive || _life.Standing == standing)
        {
            return;
        }

        Simulation.Record($"{Name} {how}");
        var wasFrozen = _life.Standing == Standing.Frozen;
        _life.Stand(standing);
        foreach (var side in Simulation.SidesOf(_life))
        {
            side.Reconsider();
            side.Other.Reconsider();
            if (wasFrozen)
            {
                // It stood still itself, so the others' silence counts from now.
                side.Other.WaitForSilence();
            }
        }
    }
}
