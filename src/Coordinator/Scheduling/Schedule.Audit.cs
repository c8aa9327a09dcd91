using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>Audits: some shards are computed by two workers, and count when both have the same hash.</summary>
/// <remarks>
/// <code>
/// handed out ── chunks and hash ──► one opinion ── the same hash of another worker ──► counted
///     │                                 │  │
///     └── an auditor is asked at once   │  └── another hash ──► disputed ── a third worker sends it too ──► counted; who is wrong is excluded
///                                       └── nobody else takes part, or all others are stalled ──► counted unaudited
/// </code>
/// Equal bits are what every worker computes, so a difference is a faulty machine, never a rounding. A worker that is behind is waited for
/// as long as one that is late: the fastest worker would else be compared with nobody, and it may be the faulty one.
/// </remarks>
public sealed partial class Schedule
{
    private readonly SortedDictionary<int, AuditedShard> _audits = [];

    private void BeginStep()
    {
        _audits.Clear();
        if (_plan.Audit is not { } plan)
        {
            _round = _stepRound;
            _round.Begin();
            return;
        }
        for (var shard = 0; shard < _plan.Shards; shard++)
            if (plan.Picks(Step, shard)) _audits[shard] = new AuditedShard(shard);
        _round = _stepRound;
        _round.Begin(_audits.ContainsKey);
    }

    /// <summary>Whether it tells of an audited shard of the step in progress.</summary>
    private bool IsOfAudit(in Input.PartialDone done) =>
        _phase == Phase.Training && done.Step == Step && !done.Dropped && done.Range.Count == 1 && _audits.ContainsKey(done.Range.First);

    private void OnOpinion(in Input.PartialDone done)
    {
        var audit = _audits[done.Range.First];
        var wasAsked = done.IsAudit ? audit.Answered(done.Worker) : _round!.Complete(done.Worker, done.Range);
        var reason = !wasAsked ? "not given to this worker" : audit.IsSettled ? "what counts of that shard is settled" : null;
        if (reason is not null)
        {
            Ignore(done, reason);
            return;
        }
        var member = _members[done.Worker];
        member.Held = Math.Max(member.Held, done.Step);
        if (!done.IsAudit) Through(member);
        audit.Hear(done.Worker, done.Hash, isSent: !done.IsAudit);
    }

    /// <summary>Settles what can be settled, and asks for the opinions that are missing. Commits when that was the last.</summary>
    private void Audit()
    {
        if (_phase != Phase.Training || _audits.Count == 0) return;
        foreach (var audit in _audits.Values)
        {
            if (audit.IsSettled) continue;
            if (audit.Verdict() is { } verdict) Settle(audit, verdict.Worker, verdict.Wrong, isAudited: true);
            else AskWhereWanted(audit);
        }
        if (_round!.IsComplete) CommitStep();
        else if (_round.HasPending) Distribute();
    }

    /// <summary>Asks one more worker where fewer than two are heard or will be heard in time, or those that were heard disagree. Who is late
    /// or behind is waited for where nobody else could be asked; who is stalled is not.</summary>
    private void AskWhereWanted(AuditedShard audit)
    {
        var asked = _round!.HoldersOf(audit.Shard).Concat(audit.Auditors).Distinct().Where(worker => !audit.Heard.Contains(worker)).ToArray();
        var inTime = asked.Count(worker => !_members[worker].IsLate);
        if (audit.IsDisputed ? inTime > 0 : inTime + audit.Heard.Count >= 2) return;
        var isAwaited = asked.Any(worker => !_members[worker].IsStalled);
        Find(static (member, _) => !member.IsStalled);
        var others = _able.Where(member => !(isAwaited && member.IsLate))
            .Where(member => !audit.Heard.Contains(member.Number) && !asked.Contains(member.Number)).ToArray();
        var able = others.Where(member => member.InSync)
            .OrderBy(member => member.Held < Step - 1).ThenBy(member => member.IsLate).ThenBy(member => member.Owed).FirstOrDefault();
        if (able is not null) Ask(audit, able);
        else if (isAwaited) return;
        else if (others.Length > 0) Await(others);
        else NobodyToAsk(audit);
    }

    private void Ask(AuditedShard audit, Member worker)
    {
        if (audit.IsDisputed) _round!.GiveAlso(worker.Number, audit.Shard);
        else audit.Ask(worker.Number);
        Give(worker, [new ShardRange(audit.Shard, 1)], isWhole: false, isAudit: !audit.IsDisputed);
    }

    /// <summary>Nothing goes on until one of these has caught up, or all of them are stalled.</summary>
    private void Await(IEnumerable<Member> behind)
    {
        foreach (var member in behind)
        {
            if (!member.IsIdle || member.IsAwaited) continue;
            (member.IsAwaited, member.Since) = (true, _now);
            Wake(member);
        }
    }

    private void NobodyToAsk(AuditedShard audit)
    {
        if (audit.IsDisputed)
        {
            if (!audit.IsDisputeTold) _effects.Add(new Effect.Disputed(audit.Shard, [.. audit.Heard]));
            audit.IsDisputeTold = true;
        }
        else if (audit.HasSent)
        {
            Settle(audit, audit.FirstSent, [], isAudited: false);
        }
    }

    private void Settle(AuditedShard audit, int worker, IReadOnlyList<int> wrong, bool isAudited)
    {
        audit.IsSettled = true;
        _round!.Settle(audit.Shard);
        _effects.Add(new Effect.Count(worker, audit.Shard, isAudited));
        foreach (var faulty in wrong)
        {
            _effects.Add(new Effect.Exclude(faulty, Step, audit.Shard));
            if (_members.Find(faulty) is { } member) Remove(member);
            foreach (var other in _audits.Values) Forget(other, faulty);
        }
    }

    /// <summary>What a faulty worker said of other shards is worth nothing.</summary>
    private void Forget(AuditedShard audit, int faulty)
    {
        if (audit.IsSettled || !audit.Forget(faulty)) return;
        if (!audit.HasSent) _round!.Reopen(audit.Shard);
    }
}
