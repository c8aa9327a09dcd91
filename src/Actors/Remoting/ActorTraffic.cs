using Distributed.Actors.Cells;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Remoting;

/// <summary>What one side of a connection does for actors: sends their messages, delivers those that come, watches over the connection.
/// The same over TCP and in the simulator.</summary>
/// <param name="nodeName">Of this side, for the peer's logs.</param>
/// <param name="unknown">Told of messages to actors that do not run here.</param>
internal sealed class ActorTraffic(ActorNode node, string nodeName, IFrameChannel channel, ILogger log, RateLimitedLog unknown)
{
    private readonly Watches _watches = new();
    private readonly Dictionary<string, RemoteRef> _refs = new(StringComparer.Ordinal);
    private FrameSink? _intake;

    public string PeerName => channel.PeerName;

    /// <param name="isAhead">It may wait for the next message.</param>
    /// <exception cref="ArgumentException">The message cannot leave its process, or breaks a bound of the wire.</exception>
    public void Tell(string to, object message, ActorRef? sender, bool isAhead = false)
    {
        var prepared = MessageTable.Prepare(message);
        var from = sender is LocalRef local && local.Cell.Node == node ? local.Cell.Name : "";
        if (from.Length == 0 && sender is not null)
        {
            log.LogDebug("{Sender} is not of this node, so {Actor} cannot answer it", sender, to);
        }

        channel.Send(new OutboundFrame(to, from, prepared), isAhead);
    }

    public void AddWatcher(string name, IWatcher watcher, ActorRef reported)
    {
        if (_watches.Add(name, watcher, reported))
        {
            channel.Send(new OutboundFrame(name, "", new Watch()));
        }
    }

    public void RemoveWatcher(string name, IWatcher watcher, ActorRef reported) => _watches.Remove(name, watcher, reported);

    /// <summary>Takes a frame that is not the hosts' own business. Called by one thread at a time.</summary>
    /// <returns>A task to wait for before more is read, since the actor lags behind; null: none.</returns>
    /// <exception cref="ProtocolException">A message for actors is addressed to none.</exception>
    public Task? Receive(in ReceivedFrame frame)
    {
        switch (frame.Body)
        {
            case Watch:
                OnWatch(frame.To);
                return null;
            case ActorStopped stopped:
                _watches.Stopped(frame.From, stopped.Reason);
                return null;
            default:
                return Deliver(frame);
        }
    }

    /// <summary>The connection is lost: everyone who watches an actor there is told so.</summary>
    public void Close(string reason) => _watches.Close(reason);

    private Task? Deliver(in ReceivedFrame frame)
    {
        if (frame.To.Length == 0)
        {
            (frame.Body as IReleasable)?.Release();
            throw new ProtocolException($"A {frame.Body.GetType().Name} came for the host, which takes none.");
        }

        if (IsForIntake(frame.To))
        {
            return (_intake ??= node.Intake!.Open())(frame.Body);
        }

        if (node.Find(frame.To) is not { } cell)
        {
            node.DeadLetters.Drop(frame.To, frame.Body, "there is no such actor");
            unknown.Tell($"{PeerName} sent a {frame.Body.GetType().Name} to {frame.To}, which does not run here.");
            return null;
        }

        cell.Enqueue(new Envelope(frame.Body, frame.From.Length == 0 ? null : RefOf(frame.From), Incarnation: 0));
        return cell.WhenDrained();
    }

    private bool IsForIntake(string name) => node.Intake is { } intake && intake.Name == name;

    private RemoteRef RefOf(string name)
    {
        if (!_refs.TryGetValue(name, out var known))
        {
            known = new RemoteRef(this, name);
            if (_refs.Count < HostLimits.MaxKeptRefs)
            {
                _refs.Add(name, known);
            }
        }

        return known;
    }

    private void OnWatch(string name)
    {
        if (node.Find(name) is { } cell)
        {
            _watches.AddHere(cell, new PeerWatcher(this, name));
        }
        else if (!IsForIntake(name))
        {
            SendStopped(name, $"There is no actor {name} on {nodeName}.");
        }
    }

    private void SendStopped(string name, string reason) =>
        channel.Send(new OutboundFrame("", name, MessageTable.Prepare(new ActorStopped { Reason = reason })));

    /// <summary>Passes the end of an actor here on to the peer.</summary>
    private sealed class PeerWatcher(ActorTraffic traffic, string name) : IWatcher
    {
        public void Notify(ActorRef actor, string reason)
        {
            traffic._watches.RemoveHere(name, this);
            traffic.SendStopped(name, reason);
        }
    }
}
