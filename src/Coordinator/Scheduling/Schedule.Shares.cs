using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>Who is given what.</summary>
public sealed partial class Schedule
{
    /// <summary>Workers whose measured speeds differ by less than this ratio get equal shares: an uneven cut makes more partial sums
    /// to send, which costs more than it saves.</summary>
    public const double AlikeRatio = 1.6;

    private readonly List<Member> _able = [];
    private readonly List<Taker> _takers = [];
    private readonly Predicate<int> _isLate;

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
        if (!FindAble()) return;
        var isWhole = _round!.Missing == _round.Units;
        FindTakers();
        var given = _round.Distribute(_takers);
        for (var i = 0; i < given.Count; i++) Give(_members[given[i].Worker], given[i].Ranges, isWhole);
        if (!isWhole) return;
        var typical = MeanSpeed();
        foreach (var member in _members)
            if (member.IsIdle) member.Forget(typical);
    }

    /// <summary>Who can take units: those with the weights, or at least in time, or at least in sync.</summary>
    private bool FindAble() =>
        Find(static (member, step) => member.InSync && member.Held >= step - 1 && !member.IsLate)
        || Find(static (member, _) => member.InSync && !member.IsLate)
        || Find(static (member, _) => member.InSync);

    private void Copy()
    {
        if (!Find(static (member, step) => member.InSync && member.Held >= step - 1 && member.IsIdle)) return;
        FindTakers();
        var given = _round!.Copy(_takers, _isLate);
        for (var i = 0; i < given.Count; i++)
        {
            var (worker, ranges) = given[i];
            _effects.Add(new Effect.Copied(worker, Units(ranges)));
            Give(_members[worker], ranges, isWhole: false);
        }
    }

    private void Give(Member member, IReadOnlyList<ShardRange> ranges, bool isWhole, bool isAudit = false)
    {
        member.HasWholeShare = isWhole && member.IsIdle;
        member.Owed += Units(ranges);
        (member.Began, member.Since) = (_now, _now);
        if (_phase == Phase.Training) _effects.Assign(member.Number, Step, ranges, isAudit);
        else _effects.Add(new Effect.Evaluate(member.Number, Step, [.. ranges]));
        Wake(member);
    }

    private static int Units(IReadOnlyList<ShardRange> ranges)
    {
        var units = 0;
        for (var i = 0; i < ranges.Count; i++) units += ranges[i].Count;
        return units;
    }

    /// <summary>Puts the members of which something is true in <see cref="_able"/>.</summary>
    /// <param name="isAble">Of a member and the step in progress.</param>
    /// <returns>Whether there are any.</returns>
    private bool Find(Func<Member, long, bool> isAble)
    {
        _able.Clear();
        foreach (var member in _members)
            if (isAble(member, Step)) _able.Add(member);
        return _able.Count > 0;
    }

    /// <summary>Mean speed of those of <see cref="_able"/> that were measured; 0: of none.</summary>
    private double MeanSpeed()
    {
        var (sum, count) = (0.0, 0);
        foreach (var member in _able)
            if (member.Speed > 0) (sum, count) = (sum + member.Speed, count + 1);
        return count > 0 ? sum / count : 0;
    }

    /// <summary>Makes <see cref="_takers"/> of <see cref="_able"/>.</summary>
    private void FindTakers()
    {
        var typical = MeanSpeed();
        var (least, most) = (double.PositiveInfinity, 0.0);
        foreach (var member in _able)
            if (member.Speed > 0) (least, most) = (Math.Min(least, member.Speed), Math.Max(most, member.Speed));
        var alike = typical == 0 || most < AlikeRatio * least;
        if (typical == 0) typical = 1;
        _takers.Clear();
        foreach (var member in _able)
            _takers.Add(new Taker(member.Number, member.Speed > 0 && !alike ? member.Speed : typical, member.Owed));
    }
}
