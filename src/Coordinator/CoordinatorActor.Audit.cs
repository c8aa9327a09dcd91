using Distributed.Coordinator.Auditing;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Audits: copies of audited shards are kept back until two workers agree; a worker that computes wrongly is named and excluded.</summary>
/// <remarks>What an excluded worker had counted unaudited cannot be trusted. Where there is such a thing the run goes back
/// (<see cref="RunEnd.GoesBack"/>) to before the first of it.</remarks>
public sealed partial class CoordinatorActor
{
    private readonly AuditPen _pen;
    private readonly Dictionary<string, long> _unaudited = new(StringComparer.Ordinal);
    private readonly HashSet<string> _excluded;
    private long? _goBackTo;

    private bool IsAudited(long step, ShardRange range) => range.Count == 1 && _options.Audit?.Picks(step, range.First) == true;

    /// <summary>A worker's answer for an audited shard of the step in progress.</summary>
    private void OnAudited(Peer peer, PartialDone done, ShardRange range)
    {
        var isAudit = !done.Hash.IsEmpty;
        var loss = new LossSum(done.Loss, (long)done.Correct, (int)done.Samples);
        var hash = isAudit ? Convert.ToHexStringLower(done.Hash.Span) : _pen.End(peer.Number, range.First, loss);
        if (hash is null)
        {
            Drop(peer, $"it reports shard {range} of step {done.Step} and has not sent all of its chunks");
            return;
        }
        Decide(new Input.PartialDone(peer.Number, (long)done.Step, range, (int)done.Samples, done.ComputeNs / 1e9, false, hash, isAudit));
    }

    private void Count(Effect.Count count)
    {
        var (chunks, loss) = _pen.Take(count.Worker, count.Shard);
        foreach (var chunk in chunks)
        {
            var header = chunk.Header;
            if (_aggregator.Add(chunk) is { } reason) Context.Log.LogDebug("ignored {Chunk}: {Reason}", header, reason);
            SendWhatIsMade();
        }
        _aggregator.AddLoss(new ShardRange(count.Shard, 1), loss);
        SendWhatIsMade();
        _observer.On(count.IsAudited
            ? new RunEvent.ShardAudited(_aggregator.Step, count.Shard)
            : new RunEvent.ShardUnaudited(_aggregator.Step, count.Shard));
        if (count.IsAudited) return;
        if (_byNumber.TryGetValue(count.Worker, out var peer)) NoteUnaudited(peer, _aggregator.Step);
    }

    /// <summary>Something that this worker computed is counted and nobody has compared it.</summary>
    private void NoteUnaudited(Peer peer, long step)
    {
        if (_options.Audit is not null) _unaudited.TryAdd(peer.Name, step);
    }

    private void Exclude(Effect.Exclude exclude)
    {
        if (!_byNumber.TryGetValue(exclude.Worker, out var peer)) return;
        var reason = $"worker {peer.Number} ({peer.Name}) computes wrongly: two others agree on shard {exclude.Shard} of step {exclude.Step} and it has other bits. "
            + "Its memory or processor may be faulty";
        Context.Log.LogError("{Reason}", reason);
        _excluded.Add(peer.Name);
        Forget(peer);
        Context.Tell(peer.Worker, new Refused { Reason = Sentences.Cut(reason) });
        _observer.On(new RunEvent.WorkerExcluded(peer.Number, peer.Name, exclude.Step, exclude.Shard, Alive));
        if (_unaudited.TryGetValue(peer.Name, out var first)) _goBackTo = Math.Min(_goBackTo ?? first, first);
    }
}
