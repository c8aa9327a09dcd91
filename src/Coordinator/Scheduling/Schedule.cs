using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What a run consists of.</summary>
/// <param name="Shards">V.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="EvaluationBlocks">Blocks of the test set; 0: no evaluation.</param>
/// <param name="MinWorkers">Workers to wait for before the first step.</param>
/// <param name="FirstStep">Step to begin with: 0, or where a checkpoint stands.</param>
/// <param name="EvaluateFirst">The checkpoint stands at the end of an epoch that was not evaluated yet.</param>
/// <param name="MayEndEarly">After each epoch the run waits for <see cref="Input.EpochJudged"/>.</param>
public sealed record RunPlan(int Shards, int BatchesPerEpoch, long TotalSteps, int EvaluationBlocks, int MinWorkers, long FirstStep,
    bool EvaluateFirst = false, bool MayEndEarly = false);

/// <summary>The decisions of the coordinator, and nothing else: takes inputs, answers with effects. No tensors, clocks or sockets.</summary>
/// <remarks>
/// <code>
/// gathering ── enough workers ──► training(step) ── all shards done: Commit ──► training(step + 1)
///                                     │    ▲                     │ end of epoch
///                                     │    └──── EndEpoch ◄── evaluating(version)     (judging between, where a run may end early)
///                                     ▼
///                                   ended
/// </code>
/// Invariants, checked after every input: a step is committed once and in order; units are handed only to members that have been
/// sent the weights; in <c>ended</c> nothing is handed out. A worker that is still receiving older weights gets units only where
/// nobody else could take them.
/// </remarks>
public sealed class Schedule
{
    /// <summary>A worker this many versions behind gets no further weights until it has caught up with what it was sent.</summary>
    public const int MaxVersionsBehind = 4;

    /// <summary>Workers whose measured speeds differ by less than this ratio get equal shares: an uneven cut makes more partial sums
    /// to send, which costs more than it saves.</summary>
    public const double AlikeRatio = 1.6;

    private readonly RunPlan _plan;
    private readonly SortedDictionary<int, Member> _members = [];
    private readonly List<Effect> _effects = [];
    private WorkRound? _round;
    private Phase _phase = Phase.Gathering;
    private string? _stopReason;

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

    /// <summary>Takes one input; the effects are valid until the next call and are to be performed in order.</summary>
    public IReadOnlyList<Effect> On(Input input)
    {
        _effects.Clear();
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
            case Input.Fail fail: End(RunEnd.Failed, fail.Reason); break;
            default: throw new BrokenInvariantException($"no rule for {input}");
        }
        return _effects;
    }

    private void Join(Input.Joined joined)
    {
        if (!_members.TryAdd(joined.Worker, new Member()))
        {
            Ignore(joined, "already a member");
            return;
        }
        Send(joined.Worker);
        if (_phase == Phase.Gathering)
        {
            if (_members.Count < _plan.MinWorkers) _effects.Add(new Effect.WaitForWorkers(_members.Count, _plan.MinWorkers));
            else if (_plan.EvaluateFirst) EndOfEpoch();
            else Next();
        }
        else
        {
            Distribute();
        }
    }

    private void Lose(Input.Lost lost)
    {
        if (!_members.Remove(lost.Worker))
        {
            Ignore(lost, "not a member");
            return;
        }
        var moved = _round?.Lose(lost.Worker) ?? 0;
        _effects.Add(new Effect.ShardsMoved(lost.Worker, moved));
        if (_members.Count > 0) Distribute();
        else if (_stopReason is not null) End(RunEnd.Stopped, _stopReason);
        else _effects.Add(new Effect.WaitForWorkers(0, 1));
    }

    private void OnPartial(Input.PartialDone done)
    {
        if (!_members.TryGetValue(done.Worker, out var member)) Ignore(done, "not a member");
        else if (_phase != Phase.Training || done.Step != Step) Ignore(done, done.Step < Step ? "the step is committed" : "not the step in progress");
        else if (!_round!.Complete(done.Worker, done.Range)) Ignore(done, "not given to this worker");
        else
        {
            member.Held = Math.Max(member.Held, done.Step);
            member.Measure(done.Samples, done.Seconds);
            if (_round.IsComplete) CommitStep();
        }
    }

    private void OnBlock(Input.BlockDone done)
    {
        if (!_members.ContainsKey(done.Worker)) Ignore(done, "not a member");
        else if (_phase != Phase.Evaluating || done.Version != Step) Ignore(done, "not the evaluation in progress");
        else if (!_round!.CompleteUnit(done.Worker, done.Block)) Ignore(done, "not given to this worker");
        else if (_round.IsComplete) EndOfEvaluation();
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
        if (!member.InSync && member.Held >= member.Sent)
        {
            Send(held.Worker);
            Distribute();
        }
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
        Distribute();
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
        _round = new WorkRound(_plan.Shards);
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
        Distribute();
    }

    private void Send(int worker)
    {
        var member = _members[worker];
        member.InSync = true;
        member.Sent = _phase == Phase.Training ? Step + 1 : Step;
        _effects.Add(new Effect.SendWeights(worker));
    }

    private void Distribute()
    {
        if (_round is not { HasPending: true }) return;
        var able = _members.Where(entry => entry.Value.InSync && entry.Value.Held >= Step - 1).ToArray();
        if (able.Length == 0) able = _members.Where(entry => entry.Value.InSync).ToArray();
        var measured = able.Select(entry => entry.Value.Speed).Where(speed => speed > 0).DefaultIfEmpty(1).ToArray();
        var (typical, alike) = (measured.Average(), measured.Max() < AlikeRatio * measured.Min());
        var speeds = able.Select(entry => (entry.Key, entry.Value.Speed > 0 && !alike ? entry.Value.Speed : typical)).ToArray();
        foreach (var (worker, ranges) in _round.Distribute(speeds))
            _effects.Add(_phase == Phase.Training
                ? new Effect.Assign(worker, Step, ranges)
                : new Effect.Evaluate(worker, Step, ranges));
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

    /// <summary>A worker that takes part.</summary>
    private sealed class Member
    {
        /// <summary>Weight of a new measurement in the moving average of the speed.</summary>
        private const double Smoothing = 0.2;

        /// <summary>Samples per second, a moving average; 0 before the first measurement.</summary>
        public double Speed { get; private set; }

        /// <summary>The newest version it has whole; −1 before the first. Held ≤ Sent.</summary>
        public long Held { get; set; } = -1;

        /// <summary>The newest version whose chunks it is being sent.</summary>
        public long Sent { get; set; } = -1;

        /// <summary>Whether it is sent every version as it is made.</summary>
        public bool InSync { get; set; }

        public void Measure(int samples, double seconds)
        {
            if (samples == 0 || seconds <= 0) return;
            var speed = samples / seconds;
            Speed = Speed == 0 ? speed : Speed + Smoothing * (speed - Speed);
        }
    }
}
