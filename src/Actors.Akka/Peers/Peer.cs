using Akka.Actor;
using Distributed.Actors.Akka.Cells;
using Distributed.Actors.Akka.Wire;
using Distributed.Actors.Cells;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;
using ActorStopped = Distributed.Protocol.ActorStopped;

namespace Distributed.Actors.Akka.Peers;

/// <summary>Another node: the conversations with its actors, and how much may be on its way to it.</summary>
/// <remarks>
/// Akka.Remote has one connection for a pair of nodes and no back-pressure: what is on its way is the heartbeat's delay. So at most
/// <see cref="ClusterLimits.BytesInFlight"/> of chunks are given to it before the other side has taken some; what is told meanwhile waits here, in order, and
/// whoever told it is not held up. Messages are encoded when they are given to Akka.Remote, which reads what it is given later and on another
/// thread: a chunk's memory is free from then on.
/// </remarks>
internal sealed partial class Peer(AkkaHost host, Address address, ILogger log)
{
    private readonly Dictionary<(Resident, IActorRef), Conversation> _live = [];
    private readonly Queue<Waiting> _waiting = new();
    private long _waitingBytes;
    private long _inFlight;
    private long _lastTaken;
    private long _untold;

    /// <summary>Guards everything here and in the conversations. No actor is called under it.</summary>
    public Lock Gate { get; } = new();

    public Address Address { get; } = address;

    /// <summary>The conversation of the two; begins one if there is none.</summary>
    public Conversation Between(Resident here, IActorRef there)
    {
        lock (Gate)
        {
            if (!_live.TryGetValue((here, there), out var conversation))
                _live[(here, there)] = conversation = new Conversation(this, here, there, host.DrawId());
            return conversation;
        }
    }

    public Conversation? Find(Resident here, IActorRef there)
    {
        lock (Gate) return _live.GetValueOrDefault((here, there));
    }

    /// <summary>Only under the gate.</summary>
    public void Forget(Conversation conversation) => _live.Remove((conversation.Here, conversation.There));

    /// <exception cref="ArgumentException">The message cannot leave its process, or breaks a bound of the wire.</exception>
    public void Send(Conversation conversation, object message)
    {
        var prepared = MessageTable.Prepare(message);
        string? problem = null;
        lock (Gate)
        {
            if (conversation.Ended is null)
            {
                if (_waiting.Count > 0 || !MayGo(conversation, prepared)) problem = Enqueue(new Waiting(conversation, prepared, null));
                else Go(conversation, prepared);
            }
            else
            {
                problem = "";
            }
        }

        if (problem is null) return;
        host.Drop(conversation.Path, prepared, problem.Length == 0 ? "the conversation has ended" : problem);
        if (problem.Length > 0) Break(problem);
    }

    /// <summary>The last word of an actor here, behind all that it has told.</summary>
    /// <param name="done">Called when that is on its way.</param>
    public void Farewell(Resident here, string reason, Action done)
    {
        Conversation[] ended;
        lock (Gate)
        {
            ended = [.. _live.Values.Where(one => one.Here == here)];
            var stopped = MessageTable.Prepare(new ActorStopped { Reason = reason });
            foreach (var conversation in ended)
            {
                if (_waiting.Count > 0) Wait(new Waiting(conversation, stopped, null));
                else Go(conversation, stopped);
            }
        }

        WhenOnTheWay(done);
    }

    /// <summary>Completes when all that was told until now is on its way, or lost.</summary>
    public Task WhenFlushed()
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WhenOnTheWay(flushed.SetResult);
        return flushed.Task;
    }

    /// <summary>Takes note of a message that came.</summary>
    /// <returns>The conversation that it is the next message of; null: it is of one that has ended.</returns>
    public Conversation? Receive(Resident here, IActorRef sender, in NumberedHead head)
    {
        Conversation? begun = null, broken = null;
        lock (Gate)
        {
            _live.TryGetValue((here, sender), out var known);
            if (known is { InId: { } id } && id == head.Conversation && known.InNext == head.Number)
            {
                known.InNext++;
                return known;
            }

            if (head.Number == 0 && !(known?.InId == head.Conversation))
            {
                if (known is { InId: not null }) broken = known; // the other side has begun anew
                else begun = known ?? Between(here, sender);
            }
            else if (known?.InId == head.Conversation)
            {
                broken = known;
            }

            if (begun is not null) (begun.InId, begun.InNext) = (head.Conversation, 1);
        }

        if (begun is not null) return begun;
        if (head.Number == 0 && broken is not null)
        {
            broken.End($"{broken.Path} has begun anew.");
            return Receive(here, sender, head);
        }

        var reason = $"message {head.Number} came from {AkkaHost.NameOf(sender)} where {(broken is null ? "none" : $"number {broken.InNext}")} was expected: something was lost on the way.";
        log.LogDebug("{Reason}", reason);
        broken?.End($"{char.ToUpperInvariant(reason[0])}{reason[1..]}");
        sender.Tell(new Broken { Conversation = head.Conversation, Reason = reason }, here.Shell);
        return null;
    }

    /// <summary>The other side has lost something of what was told it.</summary>
    public void OnBroken(Broken broken)
    {
        Conversation? conversation;
        lock (Gate) conversation = _live.Values.FirstOrDefault(one => one.OutId == broken.Conversation || one.InId == broken.Conversation);
        conversation?.End($"{conversation.Path} says: {WireText.OneLine(broken.Reason)}");
    }

    /// <summary>Akka.NET says that an actor there is gone.</summary>
    public void OnTerminated(IActorRef there, string reason)
    {
        Conversation[] ended;
        lock (Gate) ended = [.. _live.Values.Where(one => one.There.Equals(there))];
        foreach (var conversation in ended) conversation.End(reason);
    }

    /// <summary>Chunks of that node are taken here: it is told so when they are enough.</summary>
    /// <param name="sender">An actor there.</param>
    public void Take(long bytes, IActorRef sender, IActorRef self)
    {
        lock (Gate)
        {
            _untold += bytes;
            if (_untold < ClusterLimits.BytesTakenTogether) return;
            (bytes, _untold) = (_untold, 0);
        }

        sender.Tell(new Taken { Bytes = (ulong)bytes }, self);
    }

    public void OnTaken(ulong bytes)
    {
        List<Action>? done = null;
        lock (Gate)
        {
            _inFlight = Math.Max(0, _inFlight - (long)Math.Min(bytes, long.MaxValue));
            _lastTaken = host.Timestamp;
            while (_waiting.TryPeek(out var next) && (next.Message is null || next.Conversation!.Ended is not null || MayGo(next.Conversation, next.Message)))
            {
                _waiting.Dequeue();
                _waitingBytes -= next.Bytes;
                if (next.Done is not null) (done ??= []).Add(next.Done);
                else if (next.Conversation!.Ended is null) Go(next.Conversation, next.Message!);
                else (next.Message as IReleasable)?.Release();
            }
        }

        foreach (var action in done ?? []) action();
    }

    /// <summary>Whatever was on its way may be lost: all conversations end.</summary>
    /// <param name="reason">A sentence.</param>
    public void Break(string reason)
    {
        Conversation[] ended;
        Waiting[] dropped;
        lock (Gate)
        {
            ended = [.. _live.Values];
            dropped = [.. _waiting];
            _waiting.Clear();
            (_waitingBytes, _inFlight) = (0, 0);
            LeavePlane();
        }

        if (ended.Length > 0) log.LogInformation("{Peer}: {Reason}", Address, reason);
        foreach (var conversation in ended)
        {
            conversation.End(reason);
            conversation.There.Tell(new Broken { Conversation = conversation.OutId, Reason = WireText.Cut(reason, FrameLimits.MaxReasonBytes / 4) }, conversation.Here.Shell);
        }

        foreach (var waiting in dropped)
        {
            (waiting.Message as IReleasable)?.Release();
            waiting.Done?.Invoke();
        }
    }

    /// <summary>Gives up on a node that takes no chunk.</summary>
    public void CheckTaken(TimeSpan timeout)
    {
        bool isStalled;
        Conversation? torn;
        lock (Gate)
        {
            isStalled = _waiting.Count > 0 && host.Elapsed(_lastTaken) > timeout;
            torn = _live.Values.FirstOrDefault(one => one.Early is { Count: > 0 } && host.Elapsed(one.LastIn) > timeout);
        }

        if (isStalled) Break($"{Address} has taken no chunk for {timeout.TotalSeconds:0} s.");
        if (torn is not null) Break($"Message {torn.InNext} of {torn.Path} has not come for {timeout.TotalSeconds:0} s, and later ones have.");
    }

    private bool MayGo(Conversation conversation, object message) =>
        message is not TensorChunk chunk || _inFlight + chunk.Bytes <= ClusterLimits.BytesInFlight || WayFor(conversation) is not null;

    private string? Enqueue(in Waiting waiting)
    {
        if (_waitingBytes + waiting.Bytes > HostLimits.OutboundQueueBytes)
            return $"More than {HostLimits.OutboundQueueBytes >> 20} MiB wait to be sent to {Address}.";
        Wait(waiting);
        return null;
    }

    private void Wait(in Waiting waiting)
    {
        if (_waiting.Count == 0) _lastTaken = host.Timestamp;
        _waiting.Enqueue(waiting);
        _waitingBytes += waiting.Bytes;
    }

    /// <summary>Calls this behind all that waits.</summary>
    private void WhenOnTheWay(Action done)
    {
        lock (Gate)
        {
            if (_waiting.Count > 0)
            {
                Wait(new Waiting(null, null, done));
                return;
            }
        }

        done();
    }

    private void Go(Conversation conversation, object message)
    {
        if (message is TensorChunk chunk)
        {
            if (WayFor(conversation) is { } way)
            {
                DataPlane.Send(way, new Placed { Conversation = conversation.OutId, Number = conversation.OutNext++ }, chunk);
                return;
            }

            _inFlight += chunk.Bytes;
        }

        var place = conversation.OutNext == 0 ? host.Plane?.Place ?? "" : "";
        var head = new NumberedHead(conversation.OutId, conversation.OutNext++, place);
        var payload = ClusterCodec.Encode(head, message);
        host.CountSent(payload.Length);
        conversation.There.Tell(new Outgoing(message.GetType().Name, payload), conversation.Here.Shell);
        (message as IReleasable)?.Release();
        if (message is ActorStopped) Forget(conversation);
    }

    /// <param name="Done">In the place of a message: called when it is its turn.</param>
    private readonly record struct Waiting(Conversation? Conversation, object? Message, Action? Done)
    {
        public long Bytes => Message is TensorChunk chunk ? chunk.Bytes : 64;
    }
}
