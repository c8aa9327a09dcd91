using Distributed.Actors;
using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Auditing;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker;
using Microsoft.Extensions.Logging;
using Range = Distributed.Protocol.Range;

namespace Distributed.Coordinator;

/// <summary>Leads a run: admits workers, performs what the <see cref="Schedule"/> decides, owns the weights through the <see cref="Aggregator"/>.</summary>
/// <remarks>
/// For each message: who may send it, and what it does.
/// <code>
/// Join            anyone        a session and a Welcome; Wait where the run is full; Refused (other protocol version, run over);
///                               with a higher term than its own: looks at the term
/// Ready           welcomed      a member when its fingerprints are ours, else Refused
/// TensorChunk     member        into the tree of its chunk; a complete chunk is stepped and sent to every member
/// NotFinite       member        remembered: why the step in progress may not be taken
/// PartialDone     member        its losses into their tree; its shards are done; the last one commits the step, or ends the run
/// EvaluationDone  member        its block is done; the last one ends the epoch
/// WeightsHeld     member        credit: how far behind it is
/// NeedSamples     member        Samples, looked up in the run's own data
/// WorkFailed      welcomed      as if lost, with its reason
/// Terminated      host          its units go to others
/// Wake            itself        the schedule looks who is late
/// LookAtTerm      itself        looks beside the mailbox whether its term still stands; if not, it stands down
/// StandBy         a standby     Reign, and Finish at the run's end; or Refused (other job or data, no checkpoints)
/// StopRun         outside       ends after the step in progress
/// TakeCheckpoint  outside       a checkpoint after the step in progress; answered when it is written
/// SetRate         outside       the learning rate from the next step on; answered when a checkpoint has it
/// DescribeRun     outside       where it stands, and each worker
/// </code>
/// What comes from anyone else, or is of another session than the sender's, is ignored with a reason in the log.
/// </remarks>
public sealed partial class CoordinatorActor : Actor
{
    private const string WakeTimer = "wake";

    private readonly RunOptions _options;
    private readonly IRunObserver _observer;
    private readonly TrainingSetup _setup;
    private readonly Schedule _schedule;
    private readonly Aggregator _aggregator;
    private readonly History _history;
    private readonly Dictionary<ActorRef, Peer> _peers = [];
    private readonly Dictionary<int, Peer> _byNumber = []; // the same
    private readonly LossSum[] _blocks;
    private int _workers;
    private (RunEnd End, string Reason)? _end;
    private Input.EpochJudged? _judged;

    public CoordinatorActor(RunOptions options, IRunObserver observer)
    {
        var resume = options.Resume;
        (_options, _observer) = (options, observer);
        var recorded = resume?.RateChanges ?? options.Setup.RateChanges;
        if (options.Checkpoints is null) recorded = options.RateChanges ?? recorded;
        else _restored = options.RateChanges;
        _setup = options.Setup with { RateChanges = recorded };
        var step = resume?.Step ?? 0;
        var state = _setup.Optimizer.NewState(_setup.Model.Parameters.Count);
        resume?.State.CopyTo(state);
        _aggregator = new Aggregator(_setup, resume?.Weights ?? _setup.Model.Parameters.InitialWeights(_setup.Seed), state, step,
            options.ChunkElements, options.Memory)
        { Probe = options.Probe };
        _history = new History(_setup, resume);
        _lastCheckpoint = resume?.Path;
        _begunStep = resume?.Step ?? -1;
        _blocks = new LossSum[EvaluationBlocks.Count(_setup.Test?.Count ?? 0)];
        var perEpoch = _setup.Layout.BatchesPerEpoch;
        var evaluateFirst = step > 0 && step % perEpoch == 0 && _history.Best.Count < step / perEpoch;
        var hasEnded = step % perEpoch == 0 && _setup.EarlyStopping?.Judge(_history.Best) is not null;
        _schedule = new Schedule(new RunPlan(_setup.Shards, perEpoch, hasEnded ? step : _setup.TotalSteps, _blocks.Length,
            options.FirstWorkers, step, evaluateFirst, _setup.EarlyStopping is not null, options.MinWorkers)
        { Audit = options.Audit });
        _pen = new AuditPen(_aggregator.Chunks);
        _excluded = [.. options.Excluded];
        (_shippedTrain, _shippedTest) = Describe(options.Ships);
    }

    public override void Receive(object message)
    {
        if (message is not TensorChunk) StepWhatIsDue();
        Handle(message);
        if (!Context.HasMore) StepWhatIsDue();
        if (message is not TensorChunk) (message as IReleasable)?.Release(); // a chunk was handed on, or ignored
    }

    private void Handle(object message)
    {
        var peer = Context.Sender is { } sender ? _peers.GetValueOrDefault(sender) : null;
        if (Context.Sender is { } from && SessionOf(message) is { } session && session != (peer?.Session ?? 0))
        {
            OnStranger(from, peer, message, session);
            return;
        }
        switch (message)
        {
            case TensorChunk chunk when peer is { IsMember: true }: OnChunk(peer, chunk); break;
            case PartialDone done when peer is { IsMember: true }: OnPartialDone(peer, done); break;
            case NotFinite found when peer is { IsMember: true }: OnNotFinite(peer, found); break;
            case WeightsHeld held when peer is { IsMember: true }: OnWeightsHeld(peer, held); break;
            case NeedSamples need when peer is { IsMember: true }: OnNeedSamples(peer, need); break;
            case EvaluationDone done when peer is { IsMember: true }: OnEvaluationDone(peer, done); break;
            case Join join when Context.Sender is not null: OnJoin(Context.Sender, peer, join); break;
            case Ready ready when peer is { IsMember: false }: OnReady(peer, ready); break;
            case WorkFailed failed when peer is not null: Drop(peer, failed.Reason); break;
            case Terminated lost when _peers.TryGetValue(lost.Actor, out var gone): Drop(gone, lost.Reason); break;
            case StillLoading late when _peers.TryGetValue(late.Worker, out var slow) && slow.Number == late.Number && !slow.IsMember:
                Drop(slow, $"did not load the job within {CoordinatorLimits.LoadingTime.TotalMinutes:0} minutes");
                break;
            case Wake: Decide(Input.Tick.Instance); break;
            case LookAtTerm: LookNow(); break;
            case TermSeen seen: OnTermSeen(seen); break;
            case StandBy question when Context.Sender is not null: OnStandBy(Context.Sender, question); break;
            case Terminated lost when _standbys.Remove(lost.Actor, out var standby): OnStandbyLost(standby, lost.Reason); break;
            case StopRun stop: Decide(new Input.StopRequested(stop.Reason)); break;
            case TakeCheckpoint asked: OnTakeCheckpoint(asked); break;
            case SetRate asked: OnSetRate(asked); break;
            case DescribeRun asked: asked.Answer(Describe()); break;
            case CheckpointSaved saved: OnSaved(saved); break;
            case WorkFaulted fault: throw new InvalidOperationException($"{fault.Name} failed", fault.Exception);
            default: Ignore(message, peer is null ? "from nobody who takes part" : "not expected now"); break;
        }
    }

    /// <summary>The session that a message of a worker belongs to; null: the message has none.</summary>
    private static ulong? SessionOf(object message) => message switch
    {
        TensorChunk chunk => chunk.Header.Session,
        PartialDone done => done.Session,
        NotFinite found => found.Session,
        EvaluationDone done => done.Session,
        WeightsHeld held => held.Session,
        NeedSamples need => need.Session,
        Ready ready => ready.Session,
        WorkFailed failed => failed.Session,
        _ => null,
    };

    private void OnPartialDone(Peer peer, PartialDone done)
    {
        var range = done.Range is null ? default : new ShardRange((int)done.Range.First, (int)done.Range.Count);
        if (!range.IsAligned || range.First < 0 || range.End > _setup.Shards)
        {
            Drop(peer, $"it reports shards {range}, which are no aligned run of 0..{_setup.Shards - 1}");
            return;
        }
        var isNow = (long)done.Step == _aggregator.Step && _schedule.IsTraining;
        if (isNow && done.Dropped)
        {
            Drop(peer, $"it drops shards {range} of step {done.Step}, which is in progress");
            return;
        }
        if (!done.Dropped) _observer.OnAnswered((long)done.Step, peer.Number, done.ComputeNs / 1e9);
        if (isNow && IsAudited(_aggregator.Step, range))
        {
            OnAudited(peer, done, range);
            return;
        }
        if (isNow)
        {
            NoteUnaudited(peer, _aggregator.Step);
            _aggregator.AddLoss(range, new LossSum(done.Loss, (long)done.Correct, (int)done.Samples));
            SendWhatIsMade();
            if (StopsHere()) return;
        }
        Decide(new Input.PartialDone(peer.Number, (long)done.Step, range, (int)done.Samples, done.ComputeNs / 1e9, done.Dropped));
    }

    private void OnWeightsHeld(Peer peer, WeightsHeld held) =>
        Perform(_schedule.On(new Input.WeightsHeld(peer.Number, (long)held.Version), Context.Now));

    private void OnEvaluationDone(Peer peer, EvaluationDone done)
    {
        if (done.Block >= _blocks.Length)
        {
            Drop(peer, $"it reports block {done.Block} of {_blocks.Length}");
            return;
        }
        var isNow = _schedule.IsEvaluating && (long)done.Version == _aggregator.Step;
        if (isNow && done.Dropped)
        {
            Drop(peer, $"it drops block {done.Block} of evaluation {done.Version}, which is in progress");
            return;
        }
        if (isNow) _blocks[done.Block] = new LossSum(done.Loss, (long)done.Correct, (int)done.Samples);
        Decide(new Input.BlockDone(peer.Number, (long)done.Version, (int)done.Block, done.Dropped));
    }

    private void Decide(Input input) => Perform(_schedule.On(input, Context.Now));

    private void Decide(in Input.PartialDone done) => Perform(_schedule.On(done, Context.Now));

    /// <summary>The effects in order; then, where they ended an epoch that is judged, what its judgement brings: the schedule may be
    /// asked again only when they are through.</summary>
    private void Perform(IReadOnlyList<Effect> effects)
    {
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i] is Effect.Commit && StopsHere()) return; // what audited shards completed
            Perform(effects[i]);
        }
        if (_goBackTo is { } step && !_schedule.HasEnded)
        {
            Decide(new Input.GoBack($"what counts since step {step} may be wrong: a worker that computes wrongly took part unaudited"));
            return;
        }
        if (_judged is { } judged)
        {
            _judged = null;
            Decide(judged);
        }
        else
        {
            RecordRates();
        }
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Effect.SendWeights send: SendWeights(ByNumber(send.Worker), send.HasCurrent); break;
            case Effect.HoldWeights hold: ByNumber(hold.Worker).GetsWeights = false; break;
            case Effect.Assign assign: Assign(ByNumber(assign.Worker), assign); break;
            case Effect.Evaluate evaluate: Evaluate(ByNumber(evaluate.Worker), evaluate); break;
            case Effect.Commit: Commit(); break;
            case Effect.EndEpoch end: EndEpoch(end.Epoch); break;
            case Effect.WaitForWorkers wait: _observer.On(new RunEvent.Waiting(wait.Have, wait.Want)); break;
            case Effect.ShardsMoved: break; // told with the loss of the worker
            case Effect.Copied copied: _observer.On(new RunEvent.ShardsCopied(copied.Worker, copied.Units)); break;
            case Effect.Stalled stalled: OnStalled(ByNumber(stalled.Worker), stalled.Since); break;
            case Effect.Recovered recovered: _observer.On(new RunEvent.WorkerRecovered(recovered.Worker, ByNumber(recovered.Worker).Name)); break;
            case Effect.WakeAt wake: WakeAt(wake.Time); break;
            case Effect.Count count: Count(count); break;
            case Effect.Disputed disputed: _observer.On(new RunEvent.ShardDisputed(_aggregator.Step, disputed.Shard, disputed.Workers)); break;
            case Effect.Exclude exclude: Exclude(exclude); break;
            case Effect.Ignored ignored: Context.Log.LogDebug("ignored {Input}: {Reason}", ignored.Input, ignored.Reason); break;
            case Effect.Finish finish: Finish(finish.End, finish.Reason); break;
            default: throw new BrokenInvariantException($"no rule for {effect}");
        }
    }

    private void OnStalled(Peer peer, TimeSpan since)
    {
        var silent = Context.Now - since;
        Context.Log.LogWarning("worker {Worker} ({Name}) is connected and has made no progress for {Seconds:0.0} s", peer.Number, peer.Name, silent.TotalSeconds);
        _observer.On(new RunEvent.WorkerStalled(peer.Number, peer.Name, silent, Alive));
    }

    private void WakeAt(TimeSpan time)
    {
        var delay = time - Context.Now;
        Context.StartTimer(WakeTimer, delay > CoordinatorLimits.LeastWait ? delay : CoordinatorLimits.LeastWait, Wake.Instance);
    }

    private Peer ByNumber(int number) =>
        _byNumber.TryGetValue(number, out var peer) ? peer : throw new BrokenInvariantException($"worker {number} takes no part");

    private void Assign(Peer peer, Effect.Assign assign)
    {
        _history.TrainingRuns(Context.Now);
        var perEpoch = _setup.Layout.BatchesPerEpoch;
        var message = Protocol.Assign.Rent();
        (message.Step, message.Session, message.Audit) = ((ulong)assign.Step, peer.Session, assign.IsAudit);
        (message.Epoch, message.Batch) = ((uint)(assign.Step / perEpoch), (uint)(assign.Step % perEpoch));
        var shards = 0;
        for (var i = 0; i < assign.Ranges.Count; i++)
        {
            message.AddRange(assign.Ranges[i].First, assign.Ranges[i].Count);
            shards += assign.Ranges[i].Count;
        }
        _observer.OnAssigned(assign.Step, peer.Number, shards);
        Context.Tell(peer.Worker, message);
    }

    private void Evaluate(Peer peer, Effect.Evaluate evaluate)
    {
        _history.TrainingPauses(Context.Now);
        var message = new Evaluate { Version = (ulong)evaluate.Version, Session = peer.Session };
        message.Blocks.AddRange(evaluate.Blocks.Select(ToWire));
        Context.Tell(peer.Worker, message);
    }

    private void Commit()
    {
        var (step, loss) = (_aggregator.Step, _aggregator.Loss);
        var (skipped, wrong) = (_aggregator.Verdict == StepVerdict.Skip, _aggregator.Wrong);
        var perEpoch = _setup.Layout.BatchesPerEpoch;
        _aggregator.Commit();
        _pen.Clear();
        _cause = null;
        if (skipped)
        {
            _history.SkippedStep(step, loss.Samples);
            _observer.On(new RunEvent.StepSkipped(step, (int)(step / perEpoch), NonFiniteSentence.Brief(loss, wrong), _history.Skipped.Count));
        }
        else
        {
            _history.Committed(loss);
        }
        _observer.OnStep(step + 1, (int)(step / perEpoch), (int)(step % perEpoch), loss.Loss / loss.Samples,
            _history.TrainSeconds(Context.Now), _history.Samples);
        var isDue = (_options.CheckpointEvery > 0 && (step + 1) % _options.CheckpointEvery == 0)
            || (_saving == 0 && Context.Now - _savedAt >= _options.CheckpointInterval);
        if ((step + 1) % perEpoch == 0) return; // the end of the epoch has its own
        if (isDue) Save();
        else SaveIfWanted();
    }

    private void EndEpoch(int epoch)
    {
        LossSum? test = _blocks.Length > 0 ? EvaluationBlocks.Add(_blocks) : null;
        var result = _history.EndEpoch(test);
        if (result.Epoch != epoch) throw new BrokenInvariantException($"epoch {epoch} ends after {result.Epoch} others");
        Array.Clear(_blocks);
        _observer.On(new RunEvent.EpochEnded(result));
        var end = _setup.EarlyStopping?.Judge(_history.Best);
        var isLast = _aggregator.Step == _setup.TotalSteps || end is not null;
        var isBest = _setup.KeepsBest && _history.Best.Epoch == epoch;
        if (isLast || IsSaveDue()) Save(isLast, isBest);
        else if (isBest) KeepBest();
        if (_setup.EarlyStopping is not null) _judged = new Input.EpochJudged(end);
    }

    private void Finish(RunEnd end, string reason)
    {
        _history.TrainingPauses(Context.Now);
        if (end == RunEnd.Done && _aggregator.FirstNonFinite() is { } wrong)
            (end, reason, _nonFinite) = (RunEnd.Failed, NonFiniteSentence.OfLastWeights(wrong), NonFiniteEnd.Weights);
        if (end == RunEnd.Stopped)
        {
            var isThere = _recording is not null || _saved?.Step == _aggregator.Step;
            if (_aggregator.IsBetweenVersions) reason += "; without workers the step in progress could not be finished, so the last checkpoint stands";
            else if (!isThere) Save(last: true);
            else WriteWaiting();
        }
        _end = (end, reason);
        EndWhenSaved();
    }

    private void Ignore(object message, string reason)
    {
        Context.Log.LogDebug("ignored {Message} from {Sender}: {Reason}", message, Context.Sender, reason);
        (message as TensorChunk)?.Release();
    }

    private sealed class Wake
    {
        public static readonly Wake Instance = new();
    }

    private static Range ToWire(ShardRange range) => new() { First = (uint)range.First, Count = (uint)range.Count };
}
