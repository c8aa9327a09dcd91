using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What a run consists of.</summary>
/// <param name="Shards">V.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="EvaluationBlocks">Blocks of the test set; 0: no evaluation.</param>
/// <param name="FirstWorkers">Workers to wait for before the first step.</param>
/// <param name="FirstStep">Step to begin with: 0, or where a checkpoint stands.</param>
/// <param name="EvaluateFirst">The checkpoint stands at the end of an epoch that was not evaluated yet.</param>
/// <param name="MayEndEarly">After each epoch the run waits for <see cref="Input.EpochJudged"/>.</param>
/// <param name="MinWorkers">With fewer that are not stalled, nothing more is handed out.</param>
public sealed record RunPlan(int Shards, int BatchesPerEpoch, long TotalSteps, int EvaluationBlocks, int FirstWorkers, long FirstStep,
    bool EvaluateFirst = false, bool MayEndEarly = false, int MinWorkers = 1)
{
    /// <summary>Which shards two workers compute; null: none.</summary>
    public AuditPlan? Audit { get; init; }
}

/// <summary>The decisions of the coordinator, and nothing else: takes inputs and the time, answers with effects. No tensors, clocks or sockets.</summary>
/// <remarks>
/// <code>
/// gathering ── enough workers ──► training(step) ── all shards done: Commit ──► training(step + 1)
///                                     │    ▲                     │ end of epoch
///                                     │    └──── EndEpoch ◄── evaluating(version)     (judging between, where a run may end early)
///                                     ▼
///                                   ended
/// </code>
/// Invariants, checked after every input: a step is committed once and in order; units are handed only to members that have been
/// sent the weights; in <c>ended</c> nothing is handed out. A worker that is still receiving older weights, or is late, gets units only
/// where nobody else could take them.
/// <para>Late is who has not answered for its share when the <see cref="Pace"/>'s deadline is over: idle workers get what it has too. Who
/// is late for <see cref="StallFactor"/> deadlines (and <see cref="LeastStall"/>) without any answer is stalled, and named. Both end
/// with the next answer.</para>
/// </remarks>
public sealed partial class Schedule
{
    /// <summary>A worker this many versions behind gets no further weights until it has caught up with what it was sent.</summary>
    public const int MaxVersionsBehind = 4;

    /// <summary>Workers whose measured speeds differ by less than this ratio get equal shares: an uneven cut makes more partial sums
    /// to send, which costs more than it saves.</summary>
    public const double AlikeRatio = 1.6;

    /// <summary>A worker that has answered nothing for so many deadlines is stalled.</summary>
    public const double StallFactor = 4;

    /// <summary>But not before this.</summary>
    public static readonly TimeSpan LeastStall = TimeSpan.FromSeconds(10);

    /// <summary>And not before this where nothing has been measured yet.</summary>
    public static readonly TimeSpan UnmeasuredStall = TimeSpan.FromSeconds(60);

    private readonly RunPlan _plan;
    private readonly SortedDictionary<int, Member> _members = [];
    private readonly List<Effect> _effects = [];
    private readonly Pace _steps = new();
    private readonly Pace _evaluations = new();
    private WorkRound? _round;
    private Phase _phase = Phase.Gathering;
    private string? _stopReason;
    private TimeSpan _now;
    private TimeSpan? _wakeAt;
    private bool _isWaiting;
    private int _late;
    private int _stalled;

    public Schedule(RunPlan plan)
    {
        _plan = plan;
        Step = plan.FirstStep;
    }

    private enum Phase
    {
        Gathering,
        Training,
        Evaluating,
        Judging,
        Ended,
    }

    /// <summary>The step in progress or next; also the current version of the weights.</summary>
    public long Step { get; private set; }

    public int Members => _members.Count;

    public bool HasEnded => _phase == Phase.Ended;

    public bool IsEvaluating => _phase == Phase.Evaluating;

    /// <summary>Members that are not stalled.</summary>
    private int Present => _members.Count - _stalled;

    private Pace Pace => _phase == Phase.Evaluating ? _evaluations : _steps;

    private TimeSpan StallTime => Pace.Deadline is not { } deadline ? UnmeasuredStall
        : StallFactor * deadline > LeastStall ? StallFactor * deadline : LeastStall;

    /// <summary>Takes one input; the effects are valid until the next call and are to be performed in order.</summary>
    /// <param name="now">Monotonic; never less than at the call before.</param>
    public IReadOnlyList<Effect> On(Input input, TimeSpan now)
    {
        _effects.Clear();
        _now = now;
        if (_phase == Phase.Ended) return Ignore(input, "the run has ended");
        switch (input)
        {
            case Input.Joined joined: Join(joined); break;
            case Input.Lost lost: Lose(lost); break;
            case Input.PartialDone done: OnPartial(done); break;
            case Input.BlockDone done: OnBlock(done); break;
            case Input.WeightsHeld held: OnHeld(held); break;
            case Input.StopRequested stop: OnStop(stop); break;
            case Input.EpochJudged judged: OnJudged(judged); break;
            case Input.Tick: OnTick(); break;
            case Input.Fail fail: End(RunEnd.Failed, fail.Reason); break;
            case Input.Deposed deposed: End(RunEnd.Deposed, deposed.Reason); break;
            case Input.GoBack back: End(RunEnd.GoesBack, back.Reason); break;
            default: throw new BrokenInvariantException($"no rule for {input}");
        }
        return _effects;
    }

    private void Join(Input.Joined joined)
    {
        var member = new Member { Held = joined.Held <= Step ? joined.Held : -1, Since = _now };
        if (!_members.TryAdd(joined.Worker, member))
        {
            Ignore(joined, "already a member");
            return;
        }
        Send(joined.Worker);
        if (_phase != Phase.Gathering || _members.Count < _plan.FirstWorkers) HandOut();
        else if (_plan.EvaluateFirst) EndOfEpoch();
        else Next();
    }

    private void Lose(Input.Lost lost)
    {
        if (!_members.ContainsKey(lost.Worker))
        {
            Ignore(lost, "not a member");
            return;
        }
        Remove(lost.Worker);
        if (_members.Count == 0 && _stopReason is not null) End(RunEnd.Stopped, _stopReason);
        else HandOut();
    }

    private void Remove(int worker)
    {
        _members.Remove(worker, out var member);
        _late -= member!.IsLate ? 1 : 0;
        _stalled -= member.IsStalled ? 1 : 0;
        foreach (var audit in _audits.Values) audit.Answered(worker);
        _effects.Add(new Effect.ShardsMoved(worker, _round?.Lose(worker) ?? 0));
    }

    private void OnPartial(Input.PartialDone done)
    {
        if (!_members.TryGetValue(done.Worker, out var member))
        {
            Ignore(done, "not a member");
            return;
        }
        member.Measure(done.Samples, done.Seconds);
        Answered(done.Worker, member, done.Range.Count);
        if (IsOfAudit(done))
        {
            OnOpinion(done);
            HandOut();
            return;
        }
        var reason = _phase != Phase.Training || done.Step != Step ? done.Step < Step ? "the step is committed" : "not the step in progress"
            : done.Dropped ? "not computed, although the step is in progress"
            : !_round!.Complete(done.Worker, done.Range) ? "not given to this worker"
            : null;
        if (reason is not null)
        {
            Ignore(done, reason);
        }
        else
        {
            member.Held = Math.Max(member.Held, done.Step);
            Through(done.Worker, member);
            if (_round!.IsComplete) CommitStep();
        }
        HandOut();
    }

    private void OnBlock(Input.BlockDone done)
    {
        if (!_members.TryGetValue(done.Worker, out var member))
        {
            Ignore(done, "not a member");
            return;
        }
        Answered(done.Worker, member, 1);
        var reason = _phase != Phase.Evaluating || done.Version != Step ? "not the evaluation in progress"
            : done.Dropped ? "not computed, although the evaluation is in progress"
            : !_round!.CompleteUnit(done.Worker, done.Block) ? "not given to this worker"
            : null;
        if (reason is not null)
        {
            Ignore(done, reason);
        }
        else
        {
            Through(done.Worker, member);
            if (_round!.IsComplete) EndOfEvaluation();
        }
        HandOut();
    }

    /// <summary>A worker has answered for units that it was given, of this round or an earlier one.</summary>
    private void Answered(int worker, Member member, int units)
    {
        member.Owed = Math.Max(0, member.Owed - units);
        member.Since = _now;
        if (member.IsLate) _late--;
        member.IsLate = false;
        if (!member.IsStalled) return;
        member.IsStalled = false;
        _stalled--;
        _effects.Add(new Effect.Recovered(worker));
    }

    /// <summary>Where a worker has answered for all of its share of a whole round, its time tells when others are late.</summary>
    private void Through(int worker, Member member)
    {
        if (!member.HasWholeShare || _round!.OutstandingOf(worker) > 0) return;
        member.HasWholeShare = false;
        var isFirst = Pace.Deadline is null;
        Pace.Add(_now - member.Began);
        if (isFirst) Wake();
    }

    private void OnTick()
    {
        _wakeAt = null;
        foreach (var (worker, member) in _members)
        {
            if (member.IsIdle) continue;
            if (!member.IsLate && (IsOver(member.Began, Pace.Deadline) || IsOver(member.Since, StallTime)))
            {
                member.IsLate = true;
                _late++;
            }
            if (member.IsStalled || !IsOver(member.Since, StallTime)) continue;
            member.IsStalled = true;
            _stalled++;
            _effects.Add(new Effect.Stalled(worker, member.Since));
        }
        HandOut();
        Wake();
    }

    private bool IsOver(TimeSpan since, TimeSpan? time) => _now - since >= time;

    /// <summary>Asks to be woken when the next worker is late or stalled.</summary>
    private void Wake()
    {
        foreach (var member in _members.Values) Wake(member);
    }

    private void Wake(Member member)
    {
        if (member.IsIdle || member.IsStalled) return;
        var time = member.Since + StallTime;
        if (!member.IsLate && Pace.Deadline is { } deadline && member.Began + deadline < time) time = member.Began + deadline;
        if (_wakeAt <= time) return;
        _wakeAt = time;
        _effects.Add(new Effect.WakeAt(time));
    }

    private void OnHeld(Input.WeightsHeld held)
    {
        if (!_members.TryGetValue(held.Worker, out var member))
        {
            Ignore(held, "not a member");
            return;
        }
        if (held.Version <= member.Held || held.Version > Step + 1)
        {
            Ignore(held, $"holds {member.Held}, the run is at {Step}");
            return;
        }
        member.Held = held.Version;
        if (!member.InSync && member.Held >= member.Sent) Send(held.Worker);
        if (_phase != Phase.Gathering) HandOut();
    }

    private void OnStop(Input.StopRequested stop)
    {
        _stopReason ??= stop.Reason;
        // A step in progress is finished first: its optimizer state may be half way. Without workers nothing is in progress.
        if (_phase != Phase.Training || _members.Count == 0) End(RunEnd.Stopped, _stopReason);
    }

    private void CommitStep()
    {
        _effects.Add(new Effect.Commit(Step));
        Step++;
        _round = null;
        if (_stopReason is not null) End(RunEnd.Stopped, _stopReason);
        else if (Step % _plan.BatchesPerEpoch == 0) EndOfEpoch();
        else Next();
    }

    private void EndOfEpoch()
    {
        if (_plan.EvaluationBlocks == 0)
        {
            EndOfEvaluation();
            return;
        }
        _phase = Phase.Evaluating;
        _round = new WorkRound(_plan.EvaluationBlocks);
        HandOut();
    }

    private void EndOfEvaluation()
    {
        _effects.Add(new Effect.EndEpoch((int)(Step / _plan.BatchesPerEpoch) - 1));
        _round = null;
        if (_plan.MayEndEarly) _phase = Phase.Judging;
        else Next();
    }

    private void OnJudged(Input.EpochJudged judged)
    {
        if (_phase != Phase.Judging) Ignore(judged, "no epoch has just ended");
        else if (judged.End is { } reason) End(RunEnd.Done, reason);
        else Next();
    }

    private void Next()
    {
        if (Step >= _plan.TotalSteps)
        {
            End(RunEnd.Done, "done");
            return;
        }
        _phase = Phase.Training;
        BeginStep();
        foreach (var (number, member) in _members)
        {
            if (!member.InSync) continue;
            if (Step - member.Held > MaxVersionsBehind)
            {
                member.InSync = false;
                _effects.Add(new Effect.HoldWeights(number));
            }
            else
            {
                member.Sent = Step + 1; // its chunks go out as they are made
            }
        }
        HandOut();
    }

    private void Send(int worker)
    {
        var member = _members[worker];
        member.InSync = true;
        member.Sent = _phase == Phase.Training ? Step + 1 : Step;
        _effects.Add(new Effect.SendWeights(worker, member.Held == Step));
    }

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

    private void End(RunEnd end, string reason)
    {
        _phase = Phase.Ended;
        _round = null;
        _effects.Add(new Effect.Finish(end, reason));
    }

    private List<Effect> Ignore(Input input, string reason)
    {
        _effects.Add(new Effect.Ignored(input, reason));
        return _effects;
    }
}
