using Distributed.Actors.Cells;

namespace Distributed.Actors.Remoting;

/// <summary>An actor by its name and the endpoint of its node, whatever connection leads there at the moment.</summary>
internal sealed class LinkRef(ILink link, string name) : ActorRef, IWatchable, IEquatable<LinkRef>
{
    private readonly ILink _link = link;
    private readonly string _name = name;

    public override string Path => $"{_name}@{_link.Target}";

    public override void Tell(object message, ActorRef? sender = null) => Tell(message, sender, isAhead: false);

    internal override void TellAhead(object message, ActorRef? sender) => Tell(message, sender, isAhead: true);

    private void Tell(object message, ActorRef? sender, bool isAhead)
    {
        if (_link.Traffic is { } traffic)
        {
            traffic.Tell(_name, message, sender, isAhead);
        }
        else
        {
            _link.Drop(Path, message);
        }
    }

    public void AddWatcher(IWatcher watcher)
    {
        if (_link.Traffic is { } traffic)
        {
            traffic.AddWatcher(_name, watcher, this);
        }
        else
        {
            watcher.Notify(this, $"There is no connection to {_link.Target}.");
        }
    }

    public void RemoveWatcher(IWatcher watcher) => _link.Traffic?.RemoveWatcher(_name, watcher, this);

    public bool Equals(LinkRef? other) => other is not null && other._link == _link && other._name == _name;

    public override bool Equals(object? obj) => Equals(obj as LinkRef);

    public override int GetHashCode() => HashCode.Combine(_link, _name);
}
