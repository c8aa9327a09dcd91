using Distributed.Actors;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Range = Distributed.Protocol.Range;

namespace Distributed.Worker;

/// <summary>Computes shards for a coordinator.</summary>
/// <remarks>
/// <code>
/// joining ── Welcome ──► loading ── job loaded ──► ready ── Finish ──► ended
///    ▲          │             │ WorkFailed            │
///    │       Refused ──► ended                        │
///    └───────── coordinator lost or deposed ──────────┘
/// </code>
/// In <c>ready</c> the worker holds a <see cref="Replica"/>. An Assign of step t is computed when version t is whole; one of a step that
/// is over is answered as dropped; one of a later step waits. Every run of shards and every block it is given is answered for, so the
/// coordinator knows what it is busy with. A new partial sum is computed beside the mailbox and goes out chunk by chunk,
/// last chunk of the vector first, while backward goes on; then a PartialDone.
/// <para>The ref that the Welcome came from leads the session. Over a network it is bound to one connection, so nothing that
/// belongs to a connection that was lost is taken from, or sent to, the coordinator of the next one. What is of another session than the
/// one of the last Welcome is ignored, and so is a Welcome of a lower term than one that was followed.</para>
/// <para>Where the data is not here, its samples are asked for as they are needed (WorkerActor.Shipping.cs).</para>
/// <para>The replica outlives the session within a term: a worker that comes back says what it holds and is sent no more than it lacks. In
/// another term it begins with none: that one may have gone on from an earlier step, where somebody has set the learning rate since, so that weights of a version are other bits.</para>
/// </remarks>
public sealed partial class WorkerActor(WorkerOptions options, IJobLoader loader, WorkerDestination destination) : Actor
{
    private const string JoinTimer = "join";

    private readonly Queue<AssignedRun> _assigned = new();
    private readonly Queue<Evaluate> _evaluations = new();
    private LoadedJob? _job;
    private string? _jobText;
    private Replica? _replica;
    private ShardComputer? _computer;
    private PartialSender? _sender;
    private uint _number;
    private TimeSpan _joiningSince;
    private TimeSpan _startedAt;
    private ulong _session;
    private uint _term;
    private uint _replicasTerm;
    private ActorRef? _leader;
    private State _state;

    private enum State
    {
        Joining,
        Loading,
        Ready,
        Ended,
    }

    /// <summary>The newest version that is whole, read by work in progress to drop steps that are over.</summary>
    private long Version => _replica?.Version ?? -1;

    private bool IsOfSession(ulong session) => _state == State.Ready && IsFromLeader && session == _session;

    private bool IsFromLeader => Context.Sender is { } sender && sender.Equals(_leader);

    public override bool HasShortTurns => true;

    public override void Started()
    {
        _startedAt = Context.Now;
        BeginJoining();
    }

    public override void Receive(object message)
    {
        switch (message)
        {
            case JoinAgain: OnJoinTimer(); break;
            case Terminated lost when lost.Actor.Equals(_leader): OnLost(lost); break;
            case WorkFaulted fault: OnFault(fault); break;
            case Welcome welcome when _state == State.Joining: OnWelcome(welcome); break;
            case Wait wait when _state == State.Joining: OnWait(wait); break;
            case Deposed deposed when IsFromLeader && (deposed.Session == 0 || deposed.Session == _session): Leave(deposed.Reason); break;
            case Refused refused when IsFromLeader || _state == State.Joining: End(new WorkerEnd(WorkerOutcome.Refused, refused.Reason)); break;
            case Loaded loaded when _state == State.Loading && loaded.Welcome.Session == _session: OnLoaded(loaded); break;
            case Finish finish when IsFromLeader: End(new WorkerEnd(WorkerOutcome.Finished, finish.Reason)); break;
            case var computed when Context.Sender is null && SessionOf(computed) is { } session: OnComputed(computed, session); break;
            case TensorChunk weights when IsOfSession(weights.Header.Session): OnWeights(weights); break;
            case Assign assign when IsOfSession(assign.Session): OnAssign(assign); break;
            case Evaluate evaluate when IsOfSession(evaluate.Session): OnEvaluate(evaluate); break;
            case Samples samples when IsOfSession(samples.Session): OnSamples(samples); break;
            default: Ignore(message, $"not expected from {Context.Sender?.Path ?? "nobody"} while {_state}"); break;
        }
    }

    private void BeginJoining()
    {
        _state = State.Joining;
        _joiningSince = Context.Now;
        _assigned.Clear();
        _evaluations.Clear();
        _ahead.Clear();
        _asked = null;
        _session = 0;
        _leader = null;
        destination.Target = null;
        OnJoinTimer();
    }

    private void OnJoinTimer()
    {
        if (_state != State.Joining) return;
        if (Context.Now - _joiningSince > options.Patience)
        {
            End(new WorkerEnd(WorkerOutcome.NoCoordinator,
                $"no coordinator at {string.Join(" or ", options.Coordinators.Select(one => one.Path))} answered within {options.Patience.TotalSeconds:0} s"));
            return;
        }
        foreach (var coordinator in options.Coordinators)
            Context.Tell(coordinator, new Join
            {
                Protocol = ProtocolVersion.Current,
                Name = options.Name,
                Threads = 1,
                ProcessId = options.ProcessId,
                Term = _term,
            });
        var isNew = Context.Now - _startedAt < WorkerLimits.FirstJoining;
        Context.StartTimer(JoinTimer, isNew ? WorkerLimits.FirstJoinInterval : WorkerLimits.JoinInterval, JoinAgain.Instance);
    }

    /// <summary>It may last: somebody is there.</summary>
    private void OnWait(Wait wait)
    {
        Context.Log.LogDebug("waiting: {Reason}", wait.Reason);
        _joiningSince = Context.Now;
    }

    private void OnWelcome(Welcome welcome)
    {
        var term = (uint)(welcome.Session >> 32);
        if (term < _term)
        {
            Ignore(welcome, $"its term is {term}, and a coordinator of term {_term} was followed");
            return;
        }
        Context.CancelTimer(JoinTimer);
        (_term, _session, _number) = (term, welcome.Session, welcome.Worker);
        _leader = Context.Sender ?? options.Coordinators[0];
        Context.Watch(_leader);
        _state = State.Loading;
        if (welcome.ChunkElements is < 1 or > FrameLimits.MaxChunkElements)
        {
            Fail($"the coordinator asks for chunks of {welcome.ChunkElements} elements; 1 to {FrameLimits.MaxChunkElements} are possible", input: false);
            return;
        }
        Context.Log.LogInformation("welcome as worker {Worker} in term {Term}", _number, _term);
        options.OnWelcome(_leader, (int)_number);
        var offered = welcome.Train is { } train ? new OfferedData(train, welcome.Test) : null;
        var known = _jobText == welcome.Job && (_job?.Shipped is null || offered is not null) ? _job : null;
        Context.Run("load the job", post =>
        {
            try
            {
                post(new Loaded(welcome, known ?? loader.Load(welcome.Job, offered), null));
            }
            catch (JobLoadException wrong)
            {
                post(new Loaded(welcome, null, wrong.Message));
            }
        });
    }

    private void OnLoaded(Loaded loaded)
    {
        if (loaded.Job is null)
        {
            Fail(loaded.Problem!, input: true);
            return;
        }
        if (_job != loaded.Job)
        {
            _replica?.Release();
            (_computer, _sender, _replica) = (null, null, null);
        }
        if (_job != loaded.Job && loaded.Job.Missing is { } missing) Context.Log.LogWarning("{Missing}; the coordinator sends the samples that are needed", missing);
        (_job, _jobText) = (loaded.Job, loaded.Welcome.Job);
        _computer ??= new ShardComputer(_job.Setup, _job.Setup.Shards);
        var parameters = _job.Setup.Model.Parameters.Count;
        var chunkElements = (int)loaded.Welcome.ChunkElements;
        if (_replica is null || _replica.ChunkElements != chunkElements || _replicasTerm != _term || _replica.Version > (long)loaded.Welcome.Version)
        {
            _replicasTerm = _term;
            _replica?.Release();
            _replica = new Replica(parameters, chunkElements, destination.Scratch);
            _sender = null;
        }
        _sender ??= new PartialSender(_job.Setup, _replica, _computer, new GradientPool(parameters, options.Memory), options.Clock);
        destination.Target = _replica;
        _state = State.Ready;
        Context.Tell(_leader!, new Ready
        {
            Worker = _number,
            JobFingerprint = ByteString.CopyFrom(_job.JobFingerprint),
            DataFingerprint = ByteString.CopyFrom(_job.DataFingerprint),
            Session = _session,
            Held = (ulong)(_replica.Version + 1),
        });
    }

    private void OnWeights(TensorChunk chunk)
    {
        var before = Version;
        if (_replica!.Accept(chunk) is { } reason) Context.Log.LogDebug("ignored: {Reason}", reason);
        if (Version == before) return;
        var held = WeightsHeld.Rent();
        (held.Version, held.Session) = ((ulong)Version, _session);
        Context.Tell(_leader!, held);
        StartWaiting();
    }

    /// <summary>A result of work beside the mailbox goes to the coordinator that it was computed for: after a loss nowhere, since the chunks
    /// before it may have been lost with the connection.</summary>
    private void OnComputed(object message, ulong session)
    {
        if (session == _session) Context.Tell(_leader!, message);
        else Ignore(message, "computed for a coordinator that was lost");
    }

    /// <summary>The session that a result is of; null: it is no result.</summary>
    private static ulong? SessionOf(object message) => message switch
    {
        TensorChunk { Header.Kind: ChunkKind.Partial } chunk => chunk.Header.Session,
        PartialDone done => done.Session,
        EvaluationDone done => done.Session,
        NotFinite found => found.Session,
        _ => null,
    };

    private void OnAssign(Assign assign)
    {
        if (assign.RunCount > FrameLimits.MaxRanges || !AreValid(assign))
        {
            Fail($"the coordinator assigns shards that are no aligned runs of 0..{_job!.Setup.Shards - 1}", input: false);
            return;
        }
        for (var i = 0; i < assign.RunCount; i++)
        {
            var (first, count) = assign.Run(i);
            var range = new ShardRange((int)first, (int)count);
            _assigned.Enqueue(new AssignedRun(assign.Session, (long)assign.Step, (int)assign.Epoch, (int)assign.Batch, range, assign.Audit));
        }
        if (_job!.Shipped is not null) LookAhead((long)assign.Step);
        assign.Release();
        StartWaiting();
    }

    private bool AreValid(Assign assign)
    {
        for (var i = 0; i < assign.RunCount; i++)
        {
            var (first, count) = assign.Run(i);
            if (!IsValid(first, count)) return false;
        }
        return true;
    }

    private bool IsValid(uint first, uint count) =>
        first < _job!.Setup.Shards && count <= _job.Setup.Shards - first
        && new ShardRange((int)first, (int)count).IsAligned;

    private void OnEvaluate(Evaluate evaluate)
    {
        if (evaluate.Blocks.Count > FrameLimits.MaxRanges)
        {
            Fail($"the coordinator asks for {evaluate.Blocks.Count} runs of blocks; {FrameLimits.MaxRanges} at most are possible", input: false);
            return;
        }
        _evaluations.Enqueue(evaluate);
        StartWaiting();
    }

    /// <summary>Starts what waited for the version that is now whole.</summary>
    private void StartWaiting()
    {
        while (_assigned.TryPeek(out var assigned) && assigned.Step <= Version && HasSamples(assigned))
        {
            _assigned.Dequeue();
            Context.Run(_sender!.WorkOn(assigned));
        }
        while (_evaluations.TryPeek(out var evaluate) && (long)evaluate.Version <= Version && HasSamples(evaluate))
        {
            _evaluations.Dequeue();
            foreach (var blocks in evaluate.Blocks) Compute(evaluate.Version, blocks);
        }
        AskForSamples();
    }

    private void Compute(ulong version, Range blocks)
    {
        var (setup, computer, replica, session) = (_job!.Setup, _computer!, _replica!, _session);
        var total = EvaluationBlocks.Count(setup.Test?.Count ?? 0);
        for (var block = (int)blocks.First; block < Math.Min(total, (int)(blocks.First + blocks.Count)); block++)
        {
            var first = block * EvaluationBlocks.Samples;
            var (number, count) = (block, Math.Min(EvaluationBlocks.Samples, setup.Test!.Count - first));
            Context.Run($"evaluate block {block}", post =>
            {
                var done = new EvaluationDone { Version = version, Block = (uint)number, Session = session };
                if (replica.TryWeights((long)version, out var weights))
                {
                    var sum = computer.Evaluate(weights, first, count);
                    (done.Loss, done.Correct, done.Samples) = (sum.Loss, (ulong)sum.Correct, (uint)sum.Samples);
                }
                else
                {
                    done.Dropped = true;
                }
                post(done);
            });
        }
    }

    private void OnLost(Terminated lost)
    {
        if (_state == State.Ended) return;
        Leave(lost.Reason);
    }

    private void Leave(string reason)
    {
        Context.Log.LogWarning("the coordinator is gone ({Reason}); joining again", reason);
        if (_leader is not null) Context.Unwatch(_leader);
        BeginJoining();
    }

    private void OnFault(WorkFaulted fault) =>
        Fail($"{fault.Name}: {fault.Exception.GetType().Name}: {fault.Exception.Message}", input: fault.Exception is JobLoadException);

    private void Fail(string reason, bool input)
    {
        Context.Tell(_leader ?? options.Coordinators[0], new WorkFailed { Reason = Sentences.Cut(reason), Input = input, Session = _session });
        End(new WorkerEnd(input ? WorkerOutcome.WrongInput : WorkerOutcome.Failed, reason));
    }

    private void End(WorkerEnd end)
    {
        if (_state == State.Ended) return;
        _state = State.Ended;
        _replica?.Release();
        Context.Log.LogInformation("worker ends: {Outcome}, {Reason}", end.Outcome, end.Reason);
        options.OnEnd(end);
        Context.Stop(Context.Self);
    }

    private void Ignore(object message, string reason)
    {
        Context.Log.LogDebug("ignored {Message}: {Reason}", message, reason);
        (message as IReleasable)?.Release();
    }

    private sealed class JoinAgain
    {
        public static readonly JoinAgain Instance = new();
    }

    private sealed record Loaded(Welcome Welcome, LoadedJob? Job, string? Problem);
}
