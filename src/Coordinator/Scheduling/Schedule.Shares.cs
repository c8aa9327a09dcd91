using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>Who is given what.</summary>
public sealed partial class Schedule
{
    /// <summary>Workers whose measured speeds differ by less than this ratio get equal shares: an uneven cut makes more partial sums
    /// to send, which costs more than it saves.</summary>
    public const double AlikeRatio = 1.6;

    /// <summary>Gives out what is pending, then what only late workers have. Says once that there are too few workers for it.</summary>
    private void HandOut()
    {
        if (_phase == Phase.Ended) return;
        if (_phase == Phase.Gathering)
        {
            _effects.Add(new Effect.WaitForWorkers(_members.Count, _plan.FirstWorkers));
            return;
        }
        var isShort = Present < _plan.MinWorkers;
        if (isShort && !_isWaiting) _effects.Add(new Effect.WaitForWorkers(Present, _plan.MinWorkers));
        _isWaiting = isShort;
        if (isShort || _round is null) return;
        if (_round.HasPending) Distribute();
        else if (_late > 0) Copy();
        Audit();
    }

    private void Distribute()
    {
        var able = Where(member => member.InSync && member.Held >= Step - 1 && !member.IsLate);
        if (able.Length == 0) able = Where(member => member.InSync && !member.IsLate);
        if (able.Length == 0) able = Where(member => member.InSync);
        if (able.Length == 0) return;
        var isWhole = _round!.Missing == _round.Units;
        foreach (var (worker, ranges) in _round.Distribute(Takers(able))) Give(worker, ranges, isWhole);
        if (!isWhole) return;
        var typical = able.Select(entry => entry.Value.Speed).Where(speed => speed > 0).DefaultIfEmpty(0).Average();
        foreach (var member in _members.Values)
            if (member.IsIdle) member.Forget(typical);
    }

    private void Copy()
    {
        var idle = Where(member => member.InSync && member.Held >= Step - 1 && member.IsIdle);
        if (idle.Length == 0) return;
        foreach (var (worker, ranges) in _round!.Copy(Takers(idle), worker => _members[worker].IsLate))
        {
            _effects.Add(new Effect.Copied(worker, ranges.Sum(range => range.Count)));
            Give(worker, ranges, isWhole: false);
        }
    }

    private void Give(int worker, IReadOnlyList<ShardRange> ranges, bool isWhole, bool isAudit = false)
    {
        var member = _members[worker];
        member.HasWholeShare = isWhole && member.IsIdle;
        member.Owed += ranges.Sum(range => range.Count);
        (member.Began, member.Since) = (_now, _now);
        _effects.Add(_phase == Phase.Training
            ? new Effect.Assign(worker, Step, ranges, isAudit)
            : new Effect.Evaluate(worker, Step, ranges));
        Wake(member);
    }

    private KeyValuePair<int, Member>[] Where(Predicate<Member> predicate) => [.. _members.Where(entry => predicate(entry.Value))];

    private static Taker[] Takers(KeyValuePair<int, Member>[] able)
    {
        var measured = able.Select(entry => entry.Value.Speed).Where(speed => speed > 0).DefaultIfEmpty(1).ToArray();
        var (typical, alike) = (measured.Average(), measured.Max() < AlikeRatio * measured.Min());
        return [.. able.Select(entry => new Taker(entry.Key, entry.Value.Speed > 0 && !alike ? entry.Value.Speed : typical, entry.Value.Owed))];
    }
}
