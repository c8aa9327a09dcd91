using Akka.Actor;
using Distributed.Actors.Cells;

namespace Distributed.Actors.Akka.Peers;

/// <summary>An actor by Akka.NET's reference to it: one of Akka.NET's own on this node, or one elsewhere, by whatever conversation there is.</summary>
internal sealed class AkkaRef(AkkaHost host, IActorRef target) : ActorRef, IWatchable, IEquatable<AkkaRef>
{
    private readonly IActorRef _target = target;
    private readonly bool _isHere = host.IsHere(target.Path.Address);

    public override string Path => AkkaHost.NameOf(_target);

    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var resident = host.ResidentOf(sender);
        if (_isHere) _target.Tell(message, resident.Shell);
        else host.PeerAt(_target.Path.Address).Between(resident, _target).Tell(message, sender);
    }

    public void AddWatcher(IWatcher watcher)
    {
        var resident = ResidentOf(watcher);
        if (_isHere) resident.Watch(_target, watcher, this);
        else host.PeerAt(_target.Path.Address).Between(resident, _target).AddWatcher(watcher, this);
    }

    public void RemoveWatcher(IWatcher watcher)
    {
        var resident = ResidentOf(watcher);
        if (_isHere) resident.Unwatch(_target, watcher, this);
        else host.PeerAt(_target.Path.Address).Find(resident, _target)?.RemoveWatcher(watcher, this);
    }

    public bool Equals(AkkaRef? other) => other is not null && other._target.Equals(_target);

    public override bool Equals(object? obj) => Equals(obj as AkkaRef);

    public override int GetHashCode() => _target.GetHashCode();

    private Akka.Cells.Resident ResidentOf(IWatcher watcher) => host.ResidentOf(watcher as ActorRef);
}
