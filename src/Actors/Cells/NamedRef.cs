namespace Distributed.Actors.Cells;

/// <summary>Whichever actor of this node has a name when it is told something: what a <see cref="Remoting.LinkRef"/> is between nodes.</summary>
internal sealed class NamedRef(ActorNode node, string name) : ActorRef, IWatchable, IEquatable<NamedRef>
{
    private readonly ActorNode _node = node;

    public override string Path => name;

    public override void Tell(object message, ActorRef? sender = null)
    {
        if (_node.Find(name) is { } cell) cell.Ref.Tell(message, sender);
        else _node.DeadLetters.Drop(name, message, "there is no such actor");
    }

    public void AddWatcher(IWatcher watcher)
    {
        if (_node.Find(name) is { } cell) cell.AddWatcher(new Renamed(this, watcher));
        else watcher.Notify(this, $"There is no actor {name}.");
    }

    public void RemoveWatcher(IWatcher watcher) => _node.Find(name)?.RemoveWatcher(new Renamed(this, watcher));

    public bool Equals(NamedRef? other) => other is not null && other._node == _node && other.Path == Path;

    public override bool Equals(object? obj) => Equals(obj as NamedRef);

    public override int GetHashCode() => HashCode.Combine(_node, Path);

    /// <summary>The end of the actor is told of as that of this ref.</summary>
    private sealed record Renamed(NamedRef Ref, IWatcher Watcher) : IWatcher
    {
        public void Notify(ActorRef actor, string reason) => Watcher.Notify(Ref, reason);
    }
}
