using Akka.Actor;
using Distributed.Actors.Cells;
using ActorCell = Distributed.Actors.Cells.ActorCell;

namespace Distributed.Actors.Akka.Cells;

/// <summary>An actor of this node and the one of Akka.NET's that stands for it: its address for others, and where it has its turns.</summary>
internal sealed class Resident(AkkaHost host, ActorCell? cell) : IWatcher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IActorRef, HashSet<(IWatcher Watcher, ActorRef Reported)>> _watching = [];

    public AkkaHost Host { get; } = host;

    /// <summary>Null: the host's own, which no message is for.</summary>
    public ActorCell? Cell { get; } = cell;

    public IActorRef Shell { get; set; } = ActorRefs.Nobody;

    /// <summary>The actor has stopped: who talks with it elsewhere is told so behind all that it said before, and then its shell ends.</summary>
    public void Notify(ActorRef actor, string reason) => Host.Farewell(this, reason);

    /// <summary>Has Akka.NET watch an actor of this node that is not one of ours.</summary>
    public void Watch(IActorRef target, IWatcher watcher, ActorRef reported)
    {
        lock (_gate)
        {
            if (!_watching.TryGetValue(target, out var watchers)) _watching[target] = watchers = [];
            watchers.Add((watcher, reported));
        }

        Shell.Tell(new WatchFor(target));
    }

    public void Unwatch(IActorRef target, IWatcher watcher, ActorRef reported)
    {
        lock (_gate)
        {
            if (_watching.TryGetValue(target, out var watchers)) watchers.Remove((watcher, reported));
        }
    }

    /// <summary>Akka.NET says that an actor of this node is gone.</summary>
    public void OnTerminated(IActorRef target, string reason)
    {
        HashSet<(IWatcher Watcher, ActorRef Reported)>? watchers;
        lock (_gate)
        {
            _watching.Remove(target, out watchers);
        }

        foreach (var (watcher, reported) in watchers ?? []) watcher.Notify(reported, reason);
    }
}
