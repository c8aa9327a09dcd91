using System.Collections.Concurrent;

namespace Distributed.Actors.Tests;

/// <summary>An actor whose handlers stand in the test.</summary>
internal sealed class ScriptedActor(
    Action<ScriptedActor, object> receive, Action<ScriptedActor>? started = null, Action<ScriptedActor>? stopped = null) : Actor
{
    public override void Started() => started?.Invoke(this);

    public override void Receive(object message) => receive(this, message);

    public override void Stopped() => stopped?.Invoke(this);

    public void Reply(object message) => Context.Tell(Context.Sender!, message);
}

/// <summary>An actor that keeps what it gets for the test to look at.</summary>
internal sealed class Recorder : Actor
{
    private readonly ConcurrentQueue<(object Message, ActorRef? Sender)> _received;
    private readonly Action<Recorder, object>? _command;

    private Recorder(ConcurrentQueue<(object, ActorRef?)> received, Action<Recorder, object>? command) =>
        (_received, _command) = (received, command);

    public override void Receive(object message)
    {
        if (message is Action<IActorContext> action)
        {
            action(Context);
            return;
        }

        _received.Enqueue((message, Context.Sender));
        _command?.Invoke(this, message);
    }

    public static Probe Spawn(IActorHost host, string name = "driver", Action<IActorContext, object>? onMessage = null)
    {
        var received = new ConcurrentQueue<(object, ActorRef?)>();
        var actor = host.Spawn(
            name, () => new Recorder(received, onMessage is null ? null : (self, message) => onMessage(self.Context, message)));
        return new Probe(actor, received);
    }
}

/// <summary>A <see cref="Recorder"/> as the test sees it.</summary>
internal sealed class Probe(ActorRef actor, ConcurrentQueue<(object Message, ActorRef? Sender)> received)
{
    public ActorRef Ref => actor;

    public int Count => received.Count;

    public IReadOnlyList<object> Messages => [.. received.Select(entry => entry.Message)];

    public IReadOnlyList<(object Message, ActorRef? Sender)> Entries => [.. received];

    public IReadOnlyList<T> Of<T>() => [.. Messages.OfType<T>()];

    /// <summary>Has the actor do something with its context, in its turn.</summary>
    public void Do(Action<IActorContext> action) => actor.Tell(action);
}
