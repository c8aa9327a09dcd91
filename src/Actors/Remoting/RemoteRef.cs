using Distributed.Actors.Cells;

namespace Distributed.Actors.Remoting;

/// <summary>An actor of the node at the other end of one connection. Dead when that connection is; a new connection gives new refs.</summary>
internal sealed class RemoteRef(ActorTraffic traffic, string name) : ActorRef, IWatchable, IEquatable<RemoteRef>
{
    private readonly ActorTraffic _traffic = traffic;
    private readonly string _name = name;

    public override string Path => $"{_name}@{_traffic.PeerName}";

    /// <summary>The connection that this ref is bound to.</summary>
    public ActorTraffic Traffic => _traffic;

    public override void Tell(object message, ActorRef? sender = null) => _traffic.Tell(_name, message, sender);

    internal override void TellAhead(object message, ActorRef? sender) => _traffic.Tell(_name, message, sender, isAhead: true);

    public void AddWatcher(IWatcher watcher) => _traffic.AddWatcher(_name, watcher, this);

    public void RemoveWatcher(IWatcher watcher) => _traffic.RemoveWatcher(_name, watcher, this);

    public bool Equals(RemoteRef? other) => other is not null && other._traffic == _traffic && other._name == _name;

    public override bool Equals(object? obj) => Equals(obj as RemoteRef);

    public override int GetHashCode() => HashCode.Combine(_traffic, _name);
}
