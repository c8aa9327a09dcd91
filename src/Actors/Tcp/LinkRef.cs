using Distributed.Actors.Cells;

namespace Distributed.Actors.Tcp;

/// <summary>An actor by its name and the endpoint of its node, whatever connection leads there at the moment.</summary>
internal sealed class LinkRef(NodeLink link, string name) : ActorRef, IWatchable, IEquatable<LinkRef>
{
    private readonly NodeLink _link = link;
    private readonly string _name = name;

    public override string Path => $"{_name}@{_link.EndPoint}";

    public override void Tell(object message, ActorRef? sender = null)
    {
        if (_link.Connection is { } connection)
        {
            connection.Tell(_name, message, sender);
        }
        else
        {
            _link.Drop(Path, message);
        }
    }

    public void AddWatcher(IWatcher watcher)
    {
        if (_link.Connection is { } connection)
        {
            connection.AddWatcher(_name, watcher, this);
        }
        else
        {
            watcher.Notify(this, $"There is no connection to {_link.EndPoint}.");
        }
    }

    public void RemoveWatcher(IWatcher watcher) => _link.Connection?.RemoveWatcher(_name, watcher, this);

    public bool Equals(LinkRef? other) => other is not null && other._link == _link && other._name == _name;

    public override bool Equals(object? obj) => Equals(obj as LinkRef);

    public override int GetHashCode() => HashCode.Combine(_link, _name);
}
