using Distributed.Actors.Cells;

namespace Distributed.Actors.Tcp;

/// <summary>An actor of the node at the other end of one connection. Dead when that connection is; a new connection gives new refs.</summary>
internal sealed class RemoteRef(Connection connection, string name) : ActorRef, IWatchable, IEquatable<RemoteRef>
{
    private readonly Connection _connection = connection;
    private readonly string _name = name;

    public override string Path => $"{_name}@{_connection.PeerName}";

    public override void Tell(object message, ActorRef? sender = null) => _connection.Tell(_name, message, sender);

    public void AddWatcher(IWatcher watcher) => _connection.AddWatcher(_name, watcher, this);

    public void RemoveWatcher(IWatcher watcher) => _connection.RemoveWatcher(_name, watcher, this);

    public bool Equals(RemoteRef? other) => other is not null && other._connection == _connection && other._name == _name;

    public override bool Equals(object? obj) => Equals(obj as RemoteRef);

    public override int GetHashCode() => HashCode.Combine(_connection, _name);
}
