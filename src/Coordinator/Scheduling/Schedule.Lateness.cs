namespace Distributed.Coordinator.Scheduling;

/// <summary>Who is late and who is stalled, and when to look again.</summary>
public sealed partial class Schedule
{
    /// <summary>A worker that has answered nothing for so many deadlines is stalled.</summary>
    public const double StallFactor = 4;

    /// <summary>But not before this.</summary>
    public static readonly TimeSpan LeastStall = TimeSpan.FromSeconds(10);

    /// <summary>And not before this where nothing has been measured yet.</summary>
    public static readonly TimeSpan UnmeasuredStall = TimeSpan.FromSeconds(60);

    private TimeSpan StallTime => Pace.Deadline is not { } deadline ? UnmeasuredStall
        : StallFactor * deadline > LeastStall ? StallFactor * deadline : LeastStall;

    /// <summary>A worker has answered for units that it was given, of this round or an earlier one.</summary>
    private void Answered(Member member, int units)
    {
        member.Owed = Math.Max(0, member.Owed - units);
        member.Since = _now;
        if (member.IsLate) _late--;
        member.IsLate = false;
        Recover(member);
    }

    /// <summary>A worker that an audit waits for holds a further version.</summary>
    private void CameNearer(Member member)
    {
        member.Since = _now;
        Recover(member);
    }

    private void Recover(Member member)
    {
        if (!member.IsStalled) return;
        member.IsStalled = false;
        _stalled--;
        _effects.Add(new Effect.Recovered(member.Number));
    }

    /// <summary>Where a worker has answered for all of its share of a whole round, its time tells when others are late.</summary>
    private void Through(Member member)
    {
        if (!member.HasWholeShare || _round!.OutstandingOf(member.Number) > 0) return;
        member.HasWholeShare = false;
        var isFirst = Pace.Deadline is null;
        Pace.Add(_now - member.Began);
        if (isFirst) Wake();
    }

    private void OnTick()
    {
        _wakeAt = null;
        foreach (var member in _members)
        {
            if (!member.IsWaitedFor) continue;
            if (!member.IsLate && !member.IsIdle && (IsOver(member.Began, Pace.Deadline) || IsOver(member.Since, StallTime)))
            {
                member.IsLate = true;
                _late++;
            }
            if (member.IsStalled || !IsOver(member.Since, StallTime)) continue;
            member.IsStalled = true;
            _stalled++;
            _effects.Add(new Effect.Stalled(member.Number, member.Since));
        }
        HandOut();
        Wake();
    }

    private bool IsOver(TimeSpan since, TimeSpan? time) => _now - since >= time;

    /// <summary>Asks to be woken when the next worker is late or stalled.</summary>
    private void Wake()
    {
        foreach (var member in _members) Wake(member);
    }

    private void Wake(Member member)
    {
        if (!member.IsWaitedFor || member.IsStalled) return;
        var time = member.Since + StallTime;
        if (!member.IsLate && !member.IsIdle && Pace.Deadline is { } deadline && member.Began + deadline < time) time = member.Began + deadline;
        if (_wakeAt <= time) return;
        _wakeAt = time;
        _effects.WakeAt(time);
    }
}
