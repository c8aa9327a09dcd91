using Akka.Actor;
using Distributed.Actors.Akka.Cells;
using Distributed.Actors.Cells;
using Distributed.Protocol;

namespace Distributed.Actors.Akka.Peers;

/// <summary>What an actor here and one elsewhere tell each other, from its beginning until something of it is lost: the other one, as the one here
/// knows it.</summary>
/// <remarks>
/// Akka.Remote delivers in order and at most once; what is lost with a connection is lost without a word. So messages carry numbers. Where one is
/// missing, or the connection is known to be lost, the conversation ends on both sides: who watches is told, nothing more of it is taken or sent, and what the two
/// tell each other then is another conversation, with another ref. That is what a connection is to a TcpHost.
/// <para>Guarded by the peer's lock: all that changes.</para>
/// </remarks>
/// <param name="outId">Drawn by this side.</param>
internal sealed class Conversation(Peer peer, Resident here, IActorRef there, ulong outId) : ActorRef, IWatchable
{
    private readonly HashSet<(IWatcher Watcher, ActorRef Reported)> _watchers = [];

    public override string Path => AkkaHost.NameOf(There);

    public Resident Here { get; } = here;

    public IActorRef There { get; } = there;

    public ulong OutId { get; } = outId;

    /// <summary>Number of the next message out.</summary>
    public ulong OutNext { get; set; }

    /// <summary>The other side's id for what it tells; null: it has told nothing yet.</summary>
    public ulong? InId { get; set; }

    /// <summary>Number of the next message in.</summary>
    public ulong InNext { get; set; }

    /// <summary>What has come by a faster way than a message before it, by number; null: nothing has.</summary>
    public SortedDictionary<ulong, object>? Early { get; set; }

    /// <summary>When <see cref="InNext"/> was last the number of a message that came.</summary>
    public long LastIn { get; set; }

    /// <summary>Why it has ended, as a sentence; null: it goes on.</summary>
    public string? Ended { get; private set; }

    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var resident = Here.Host.ResidentOf(sender);
        if (sender is null || resident == Here) peer.Send(this, message);
        else peer.Between(resident, There).Tell(message, sender);
    }

    public void AddWatcher(IWatcher watcher) => AddWatcher(watcher, this);

    public void RemoveWatcher(IWatcher watcher) => RemoveWatcher(watcher, this);

    /// <param name="reported">The ref that the watcher knows it by.</param>
    public void AddWatcher(IWatcher watcher, ActorRef reported)
    {
        string? ended;
        lock (peer.Gate)
        {
            ended = Ended;
            if (ended is null) _watchers.Add((watcher, reported));
        }

        if (ended is not null) watcher.Notify(reported, ended);
        else Here.Shell.Tell(new WatchFor(There), ActorRefs.NoSender);
    }

    public void RemoveWatcher(IWatcher watcher, ActorRef reported)
    {
        lock (peer.Gate)
        {
            _watchers.Remove((watcher, reported));
        }
    }

    /// <summary>Nothing more comes of it. Only the first reason counts.</summary>
    public void End(string reason)
    {
        (IWatcher Watcher, ActorRef Reported)[] watchers;
        lock (peer.Gate)
        {
            if (Ended is not null) return;
            Ended = reason;
            peer.Forget(this);
            watchers = [.. _watchers];
            _watchers.Clear();
            foreach (var early in Early?.Values ?? Enumerable.Empty<object>()) (early as IReleasable)?.Release();
            Early = null;
        }

        foreach (var (watcher, reported) in watchers) watcher.Notify(reported, reason);
    }
}
