using Distributed.Actors.Cells;
using Distributed.Actors.InProcess;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Actors;

/// <summary>Runs actors on the thread pool of this process. Messages are passed as they are, not copied.</summary>
public sealed class InProcessHost : IActorHost, IAsyncDisposable
{
    private readonly ActorNode _node;
    private readonly ILogger _log;

    /// <param name="time">The clock of <see cref="IActorContext.Now"/> and of timers; the system's if none is given.</param>
    public InProcessHost(ILoggerFactory? logs = null, TimeProvider? time = null)
    {
        logs ??= NullLoggerFactory.Instance;
        _log = logs.CreateLogger("Distributed.Actors.InProcessHost");
        _node = new ActorNode(new ThreadPoolRunner(), time ?? TimeProvider.System, logs);
    }

    /// <summary>Messages that nobody handled, since the host was made.</summary>
    public long DeadLetters => _node.DeadLetters.Count;

    public ActorRef Spawn(string name, Func<Actor> create, Supervision? supervision = null) =>
        _node.Spawn(name, create, supervision, parent: null);

    public Task<Exception?> WhenStopped(ActorRef actor) => ActorNode.WhenStopped(actor);

    /// <summary>The actor that has this name now; null if none has.</summary>
    public ActorRef? Find(string name) => _node.Find(name)?.Ref;

    /// <summary>Whichever actor has this name when it is told something.</summary>
    public ActorRef Named(string name)
    {
        ActorName.Check(name);
        return new NamedRef(_node, name);
    }

    /// <summary>Asks an actor of this host to stop after the message it is handling.</summary>
    public void Stop(ActorRef actor) => ActorNode.Stop(actor);

    /// <summary>Stops every actor, after the message it is handling, and waits for them up to <see cref="HostLimits.DisposeWait"/>.</summary>
    public async ValueTask DisposeAsync() => await _node.CloseAsync(_log).ConfigureAwait(false);
}
