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
/// Between two steps it may be held (<see cref="Input.Hold"/>): in <c>holding</c> the next step waits for <see cref="Input.GoOn"/>.
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

    private readonly RunPlan _plan;
    private readonly Members _members = new();
    private readonly EffectList _effects = new();
    private readonly Pace _steps = new();
    private readonly Pace _evaluations = new();
    private readonly WorkRound _stepRound;
    private WorkRound? _round;
    private Phase _phase = Phase.Gathering;
    private string? _stopReason;
    private TimeSpan _now;
    private TimeSpan? _wakeAt;
    private bool _isWaiting;
    private bool _holds;
    private int _late;
    private int _stalled;

    public Schedule(RunPlan plan)
    {
        _plan = plan;
        _stepRound = new WorkRound(plan.Shards);
        _isLate = worker => _members[worker].IsLate;
        Step = plan.FirstStep;
    }

    private enum Phase
    {
        Gathering,
        Training,
        Evaluating,
        Judging,
        Holding,
        Ended,
    }

    /// <summary>The step in progress or next; also the current version of the weights.</summary>
    public long Step { get; private set; }

    public int Members => _members.Count;

    public bool HasEnded => _phase == Phase.Ended;

    public bool IsEvaluating => _phase == Phase.Evaluating;

    public bool IsTraining => _phase == Phase.Training;

    /// <summary>Whether no step begins before <see cref="Input.GoOn"/>, and none is in progress.</summary>
    public bool IsHeld => _holds && _phase is (Phase.Gathering or Phase.Judging or Phase.Holding);

    /// <summary>Whether the next step could begin, were it not for that.</summary>
    public bool IsHolding => _phase == Phase.Holding;

    /// <summary>Members that are not stalled.</summary>
    private int Present => _members.Count - _stalled;

    private Pace Pace => _phase == Phase.Evaluating ? _evaluations : _steps;

    /// <summary>Takes one input; the effects are valid until the next call and are to be performed in order.</summary>
    /// <param name="now">Monotonic; never less than at the call before.</param>
    public IReadOnlyList<Effect> On(Input input, TimeSpan now)
    {
        Begin(now);
        switch (input)
        {
            case var late when _phase == Phase.Ended: IgnoreLate(late); break;
            case Input.Joined joined: Join(joined); break;
            case Input.Lost lost: Lose(lost); break;
            case Input.BlockDone done: OnBlock(done); break;
            case Input.StopRequested stop: OnStop(stop); break;
            case Input.EpochJudged judged: OnJudged(judged); break;
            case Input.Hold: _holds = true; break;
            case Input.GoOn: OnGoOn(); break;
            case Input.Tick: OnTick(); break;
            case Input.Fail fail: End(RunEnd.Failed, fail.Reason); break;
            case Input.Deposed deposed: End(RunEnd.Deposed, deposed.Reason); break;
            case Input.GoBack back: End(RunEnd.GoesBack, back.Reason); break;
            default: throw new BrokenInvariantException($"no rule for {input}");
        }
        return _effects;
    }

    /// <inheritdoc cref="On(Input, TimeSpan)"/>
    public IReadOnlyList<Effect> On(in Input.PartialDone done, TimeSpan now)
    {
        Begin(now);
        if (_phase == Phase.Ended) IgnoreLate(done);
        else OnPartial(done);
        return _effects;
    }

    /// <inheritdoc cref="On(Input, TimeSpan)"/>
    public IReadOnlyList<Effect> On(in Input.WeightsHeld held, TimeSpan now)
    {
        Begin(now);
        if (_phase == Phase.Ended) IgnoreLate(held);
        else OnHeld(held);
        return _effects;
    }

    private void Begin(TimeSpan now)
    {
        _effects.Clear();
        _now = now;
    }

    private void Join(Input.Joined joined)
    {
        var member = new Member(joined.Worker) { Held = joined.Held <= Step ? joined.Held : -1, Since = _now };
        if (!_members.TryAdd(member))
        {
            Ignore(joined, "already a member");
            return;
        }
        Send(member);
        if (_phase != Phase.Gathering || _members.Count < _plan.FirstWorkers) HandOut();
        else if (_plan.EvaluateFirst) EndOfEpoch();
        else Next();
    }

    private void Lose(Input.Lost lost)
    {
        if (_members.Find(lost.Worker) is not { } member)
        {
            Ignore(lost, "not a member");
            return;
        }
        Remove(member);
        if (_members.Count == 0 && _stopReason is not null) End(RunEnd.Stopped, _stopReason);
        else HandOut();
    }

    private void Remove(Member member)
    {
        _members.Remove(member);
        _late -= member.IsLate ? 1 : 0;
        _stalled -= member.IsStalled ? 1 : 0;
        foreach (var audit in _audits.Values) audit.Answered(member.Number);
        _effects.Add(new Effect.ShardsMoved(member.Number, _round?.Lose(member.Number) ?? 0));
    }

    private void OnPartial(in Input.PartialDone done)
    {
        if (_members.Find(done.Worker) is not { } member)
        {
            Ignore(done, "not a member");
            return;
        }
        member.Measure(done.Samples, done.Seconds);
        Answered(member, done.Range.Count);
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
            Through(member);
            if (_round!.IsComplete) CommitStep();
        }
        HandOut();
    }

    private void OnBlock(Input.BlockDone done)
    {
        if (_members.Find(done.Worker) is not { } member)
        {
            Ignore(done, "not a member");
            return;
        }
        Answered(member, 1);
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
            Through(member);
            if (_round!.IsComplete) EndOfEvaluation();
        }
        HandOut();
    }

    private void OnHeld(in Input.WeightsHeld held)
    {
        if (_members.Find(held.Worker) is not { } member)
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
        if (member.IsAwaited) CameNearer(member);
        if (!member.InSync && member.Held >= member.Sent) Send(member);
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
        _effects.Commit(Step);
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

    private void OnGoOn()
    {
        _holds = false;
        if (_phase == Phase.Holding) Next();
    }

    private void Next()
    {
        if (Step >= _plan.TotalSteps)
        {
            End(RunEnd.Done, "done");
            return;
        }
        if (_holds)
        {
            _phase = Phase.Holding;
            return;
        }
        _phase = Phase.Training;
        BeginStep();
        foreach (var member in _members)
        {
            if (!member.InSync) continue;
            if (Step - member.Held > MaxVersionsBehind)
            {
                member.InSync = false;
                _effects.Add(new Effect.HoldWeights(member.Number));
            }
            else
            {
                member.Sent = Step + 1; // its chunks go out as they are made
            }
        }
        HandOut();
    }

    private void Send(Member member)
    {
        (member.InSync, member.IsAwaited) = (true, false);
        member.Sent = _phase == Phase.Training ? Step + 1 : Step;
        _effects.Add(new Effect.SendWeights(member.Number, member.Held == Step));
    }

    private void End(RunEnd end, string reason)
    {
        _phase = Phase.Ended;
        _round = null;
        _effects.Add(new Effect.Finish(end, reason));
    }

    private void Ignore(object input, string reason) => _effects.Add(new Effect.Ignored(input, reason));

    private void IgnoreLate(object input) => Ignore(input, "the run has ended");
}
