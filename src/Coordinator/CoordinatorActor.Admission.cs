using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Protocol;
using Distributed.Worker;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Who takes part: from the request to join to the loss.</summary>
public sealed partial class CoordinatorActor
{
    private void OnJoin(ActorRef worker, Peer? known, Join join)
    {
        var name = join.Name.Length <= FrameLimits.MaxPeerNameBytes ? join.Name : join.Name[..FrameLimits.MaxPeerNameBytes];
        if (known is { IsMember: false })
        {
            Welcome(known);
            return;
        }
        if (known is not null) Drop(known, "it started anew");
        if (join.Term > _options.Term && !_schedule.HasEnded)
        {
            Doubt(worker, name, join.Term);
            return;
        }
        if (_peers.Count >= _options.MaxWorkers && !_schedule.HasEnded)
        {
            Context.Log.LogDebug("{Name} is to wait: the run has its {Count} workers", name, _peers.Count);
            Context.Tell(worker, new Wait { Reason = $"the run takes {_options.MaxWorkers} workers and has them" });
            return;
        }
        var refusal = join.Protocol != ProtocolVersion.Current
                ? $"worker {name} speaks protocol version {join.Protocol}, this coordinator speaks {ProtocolVersion.Current}: use the same release on both sides"
            : _schedule.HasEnded ? "the run has ended"
            : _excluded.Contains(join.Name) ? $"worker {name} was found by an audit to compute wrongly"
            : null;
        if (refusal is not null)
        {
            Refuse(worker, name, refusal);
            return;
        }
        var peer = new Peer(worker, ++_workers, name, _options.Term);
        _peers[worker] = _byNumber[peer.Number] = peer;
        Context.Watch(worker);
        Context.StartTimer(LoadingTimer(peer), CoordinatorLimits.LoadingTime, new StillLoading(worker, peer.Number));
        Welcome(peer);
    }

    private void Welcome(Peer peer) => Context.Tell(peer.Worker, new Welcome
    {
        Worker = (uint)peer.Number,
        Job = _options.Job,
        JobFingerprint = ByteString.CopyFrom(_options.JobFingerprint),
        DataFingerprint = ByteString.CopyFrom(_options.DataFingerprint),
        ChunkElements = (uint)_options.ChunkElements,
        Session = peer.Session,
        Version = (ulong)_aggregator.Step,
        Train = _shippedTrain,
        Test = _shippedTrain is null ? null : _shippedTest,
    });

    private void OnReady(Peer peer, Ready ready)
    {
        if (WrongFingerprint("worker", peer.Name, ready.JobFingerprint, ready.DataFingerprint) is { } refusal)
        {
            Forget(peer);
            Refuse(peer.Worker, peer.Name, refusal);
            return;
        }
        Context.CancelTimer(LoadingTimer(peer));
        peer.IsMember = true;
        _observer.On(new RunEvent.WorkerJoined(peer.Number, peer.Name, Alive));
        Decide(new Input.Joined(peer.Number, (long)ready.Held - 1));
    }

    /// <returns>Null: they are those of the run; else a sentence.</returns>
    private string? WrongFingerprint(string what, string name, ByteString job, ByteString data) =>
        !job.Span.SequenceEqual(_options.JobFingerprint)
            ? $"{what} {name} reads the job differently (its fingerprint is {Hex(job.Span)}, the coordinator's {Hex(_options.JobFingerprint)}): "
                + "use the same job and the same release on both sides"
            : !data.Span.SequenceEqual(_options.DataFingerprint)
                ? $"{what} {name} has other data (its fingerprint is {Hex(data.Span)}, the coordinator's {Hex(_options.DataFingerprint)}): give it the same files"
                : null;

    private int Alive => _peers.Values.Count(peer => peer.IsMember);

    private void Refuse(ActorRef worker, string name, string reason)
    {
        Context.Tell(worker, new Refused { Reason = Sentences.Cut(reason) });
        Context.Log.LogWarning("refused: {Reason}", reason);
        _observer.On(new RunEvent.WorkerRefused(name, reason));
    }

    /// <summary>A message of a session that is over, or was never one of this term. Its sender may not know: one that is not told would wait for
    /// ever to be given something.</summary>
    private void OnStranger(ActorRef sender, Peer? peer, object message, ulong session)
    {
        Ignore(message, peer is null ? $"it is of session {session:x}, from nobody who takes part" : $"it is of session {session:x}, not {peer.Session:x}");
        if (message is not TensorChunk && session != 0 && !_schedule.HasEnded) TellOver(sender, session, "it is no member of this run");
    }

    private void TellOver(ActorRef worker, ulong session, string reason) =>
        Context.Tell(worker, new Deposed { Session = session, Reason = Sentences.Cut($"the coordinator has ended this membership: {reason}") });

    private void Drop(Peer peer, string reason)
    {
        Forget(peer);
        TellOver(peer.Worker, peer.Session, reason); // where its connection still is
        if (_schedule.HasEnded)
        {
            Context.Log.LogDebug("worker {Worker} ({Name}) has left after the run: {Reason}", peer.Number, peer.Name, reason);
            return;
        }
        Context.Log.LogWarning("worker {Worker} ({Name}) is lost: {Reason}", peer.Number, peer.Name, reason);
        if (!peer.IsMember)
        {
            _observer.On(new RunEvent.WorkerLost(peer.Number, peer.Name, reason, 0, Alive));
            return;
        }
        var effects = _schedule.On(new Input.Lost(peer.Number, reason), Context.Now);
        var moved = effects.OfType<Effect.ShardsMoved>().FirstOrDefault()?.Units ?? 0;
        _observer.On(new RunEvent.WorkerLost(peer.Number, peer.Name, reason, moved, Alive));
        Perform(effects);
    }

    private void Forget(Peer peer)
    {
        _pen.Lose(peer.Number);
        _peers.Remove(peer.Worker);
        _byNumber.Remove(peer.Number);
        Context.CancelTimer(LoadingTimer(peer));
        Context.Unwatch(peer.Worker);
    }

    private static string LoadingTimer(Peer peer) => $"loading {peer.Number}";

    private static string Hex(ReadOnlySpan<byte> fingerprint) => Convert.ToHexStringLower(fingerprint)[..Math.Min(12, 2 * fingerprint.Length)];

    private sealed class Peer(ActorRef worker, int number, string name, uint term)
    {
        public ActorRef Worker { get; } = worker;

        public int Number { get; } = number;

        public string Name { get; } = name;

        /// <summary>What all that belongs to this membership carries.</summary>
        public ulong Session { get; } = (ulong)term << 32 | (uint)number;

        /// <summary>Whether it said Ready with our fingerprints.</summary>
        public bool IsMember { get; set; }

        /// <summary>Whether each chunk of the next version is sent to it as it is made.</summary>
        public bool GetsWeights { get; set; }
    }

    private sealed record StillLoading(ActorRef Worker, int Number);
}
