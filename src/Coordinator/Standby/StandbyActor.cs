using System.Globalization;
using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Standby;

/// <summary>Waits to lead a run in the place of a coordinator that is lost.</summary>
/// <remarks>
/// <code>
/// seeking ── Reign ──► following ── coordinator lost ──► seeking ── nobody answers for TakeoverAfter ──► claiming
///    ▲                     │ Finish                        ▲                                                │  │
///    │                  ended                              └── another has claimed, or the disk refuses ────┘  │ claimed
///    └── at the start                                                                                       loading ──► leads
/// </code>
/// For each message: who may send it, and what it does.
/// <code>
/// Reign        a coordinator   follow it, unless a higher term is known or one is followed already
/// Finish       the followed    the run is over: end
/// Refused      a coordinator   it has another job or other data: end
/// Terminated   host            the followed one is lost: seek
/// Look         timer           seeking: ask all, or claim when they were asked in vain for long enough
/// Stands       its own look    following: the folder's term must be that of the followed
/// Join         a worker        Wait: this one does not lead yet
/// StopRun      command line    end
/// </code>
/// What comes from anyone else is ignored with a reason in the log.
/// <para>Time is counted in questions that nobody answered, one each <see cref="CoordinatorLimits.StandbyInterval"/>, not read
/// from a clock: a standby that was itself suspended has not asked, so it does not wake up and claim.</para>
/// <para>Two standbys: the claim counts on the term that each knows, so one gets it; the other learns of the new term, seeks
/// again and follows the new coordinator if that is one of <see cref="StandbyOptions.Coordinators"/>. A term that was only read
/// from the folder and never heard of gets
/// <see cref="CoordinatorLimits.UnheardFactor"/> times as long: its coordinator may be loading a checkpoint, or be one that this
/// standby was not told of.</para>
/// </remarks>
public sealed class StandbyActor(StandbyOptions options) : Actor
{
    private const string LookTimer = "look";

    private State _state;
    private ActorRef? _leader;
    private TermClaim? _claim;
    private bool _heard = true;
    private int _unanswered;
    private int _mismatches;
    private bool _told;

    private enum State
    {
        Seeking,
        Following,
        Claiming,
        Loading,
        Ended,
    }

    /// <summary>Questions without an answer until this one claims.</summary>
    private int Patience => (int)Math.Ceiling(options.TakeoverAfter / CoordinatorLimits.StandbyInterval)
        * (_heard ? 1 : CoordinatorLimits.UnheardFactor);

    public override void Started()
    {
        ReadTerm();
        Ask();
        LookLater();
    }

    public override void Receive(object message)
    {
        switch (message)
        {
            case Look: OnLook(); break;
            case Reign reign when Context.Sender is { } sender: OnReign(sender, reign); break;
            case Terminated lost when _state == State.Following && lost.Actor.Equals(_leader): OnLost(lost); break;
            case Finish finish when _state == State.Following && Context.Sender?.Equals(_leader) == true:
                End(new StandbyEnd(StandbyOutcome.Finished, finish.Reason));
                break;
            case Refused refused when _state is State.Seeking or State.Following:
                End(new StandbyEnd(StandbyOutcome.Refused, refused.Reason));
                break;
            case Join when Context.Sender is { } worker: Context.Tell(worker, new Wait { Reason = WaitReason() }); break;
            case StopRun stop: End(new StandbyEnd(StandbyOutcome.Stopped, stop.Reason)); break;
            case Stands stands when _state is State.Seeking or State.Following: OnStands(stands.Claim); break;
            case Claimed claimed when _state == State.Claiming: OnClaimed(claimed); break;
            case Loaded loaded when _state == State.Loading: Lead(loaded.Run); break;
            case Problem problem: OnProblem(problem); break;
            case WorkFaulted fault:
                End(new StandbyEnd(StandbyOutcome.Failed, $"{fault.Name}: {fault.Exception.GetType().Name}: {fault.Exception.Message}"));
                break;
            default:
                Context.Log.LogDebug("ignored {Message} from {Sender}: not expected while {State}", message, Context.Sender, _state);
                (message as IReleasable)?.Release();
                break;
        }
    }

    private string WaitReason() => _state switch
    {
        State.Following => $"{options.Name} stands by; {_leader!.Path} leads the run",
        State.Loading => $"{options.Name} is about to lead the run",
        _ => $"{options.Name} stands by; nobody leads the run at the moment",
    };

    private void OnLook()
    {
        switch (_state)
        {
            case State.Seeking when _unanswered >= Patience: Claim(); break;
            case State.Seeking: Ask(); break;
            case State.Loading: Load(); break;
            case State.Following when _mismatches > 0: ReadTerm(); break;
            default: break; // an answer or the disk's word is waited for
        }
        if (_state is State.Seeking or State.Loading) LookLater();
    }

    private void LookLater() => Context.StartTimer(LookTimer, CoordinatorLimits.StandbyInterval, Look.Instance);

    private void Ask()
    {
        _unanswered++;
        var question = new StandBy
        {
            Name = options.Name,
            JobFingerprint = ByteString.CopyFrom(options.JobFingerprint),
            DataFingerprint = ByteString.CopyFrom(options.DataFingerprint),
            Term = (ulong)(_claim?.Term ?? 0),
        };
        foreach (var coordinator in options.Coordinators) Context.Tell(coordinator, question);
    }

    private void OnReign(ActorRef sender, Reign reign)
    {
        var term = (long)reign.Term;
        var refusal = _state == State.Following && sender.Equals(_leader) ? "it is followed already"
            : _state is not (State.Seeking or State.Following) ? $"not expected while {_state}"
            : term < _claim?.Term ? $"{_claim} is known"
            : _state == State.Following && term == _claim?.Term ? $"{_leader!.Path} is followed"
            : null;
        if (refusal is not null)
        {
            Context.Log.LogDebug("ignored the reign of {Sender}, term {Term}: {Reason}", sender, term, refusal);
            return;
        }
        if (_leader is not null) Context.Unwatch(_leader);
        (_leader, _state, _heard, _unanswered, _mismatches) = (sender, State.Following, true, 0, 0);
        _claim = new TermClaim(term, reign.Claimant);
        Context.Watch(sender);
        ReadTerm();
        options.Tell(string.Create(CultureInfo.InvariantCulture, $"standing by: {sender.Path} leads the run (term {term})"));
    }

    private void ReadTerm() =>
        Context.Run("read the term", post => Try(post, "the term cannot be read", () => new Stands(options.Takeover.Standing())));

    /// <summary>What stands in the folder is what the followed coordinator has claimed, or later; else it writes to another
    /// folder, and nothing would fence it off.</summary>
    private void OnStands(TermClaim stands)
    {
        if (_claim is null || stands.Term > _claim.Term) _claim = stands;
        if (_state != State.Following || stands == _claim) return;
        if (++_mismatches < CoordinatorLimits.FolderLooks)
        {
            Context.StartTimer(LookTimer, CoordinatorLimits.StandbyInterval, Look.Instance); // a file system may be late
            return;
        }
        End(new StandbyEnd(StandbyOutcome.Refused, $"{_leader!.Path} leads {_claim}, but in this folder stands {stands}: "
            + "--checkpoints must be the folder that the coordinator writes to"));
    }

    private void OnLost(Terminated lost)
    {
        options.Tell(string.Create(CultureInfo.InvariantCulture, $"{lost.Actor.Path} is lost: {lost.Reason.TrimEnd('.')}; "
            + $"this standby takes over in {options.TakeoverAfter.TotalSeconds:0.#} s unless it comes back"));
        Seek();
        Ask();
        LookLater();
    }

    private void Seek() => (_leader, _state, _unanswered, _told) = (null, State.Seeking, 0, false);

    private void Claim()
    {
        if (_claim is not { } stands)
        {
            // The folder could not be read at the start: first of all it must be known what stands there.
            ReadTerm();
            return;
        }
        _state = State.Claiming;
        Context.Run("claim the term", post => Try(post, "the next term cannot be claimed", () =>
        {
            var (claimed, claim) = options.Takeover.TryClaim(stands.Term);
            return new Claimed(claimed, claim);
        }));
    }

    private void OnClaimed(Claimed claimed)
    {
        _claim = claimed.Claim;
        if (!claimed.Succeeded)
        {
            options.Tell($"{_claim.Claimant} has taken over (term {_claim.Term}); this one goes on standing by");
            Seek();
            _heard = false;
            LookLater();
            return;
        }
        _state = State.Loading;
        Load();
    }

    private void Load()
    {
        Context.CancelTimer(LookTimer);
        Context.Run("load the newest checkpoint", post => Try(post, "the newest checkpoint cannot be loaded",
            () => new Loaded(options.Takeover.Load(_claim!))));
    }

    private void Lead(RunOptions run)
    {
        if (run.Resume?.IsEndOf(run.Setup) == true)
        {
            End(new StandbyEnd(StandbyOutcome.Finished, "its last checkpoint is of its end"));
            return;
        }
        var from = run.Resume is { } resume ? $"step {resume.Step}" : "the beginning: there is no whole checkpoint";
        End(new StandbyEnd(StandbyOutcome.Leads, $"this standby takes over (term {_claim!.Term}) from {from}", run));
    }

    /// <summary>A disk may refuse for a while: it is tried again, and said once.</summary>
    private void OnProblem(Problem problem)
    {
        Context.Log.LogWarning("{What}: {Reason}; it is tried again", problem.What, problem.Reason);
        if (!_told) options.Tell($"{problem.What}: {problem.Reason.TrimEnd('.')}; it is tried again");
        _told = true;
        if (_state == State.Claiming) (_state, _unanswered) = (State.Seeking, Patience - 1); // one more question, then again
        if (_state is State.Seeking or State.Loading) LookLater();
    }

    private void End(StandbyEnd end)
    {
        if (_state == State.Ended) return;
        _state = State.Ended;
        Context.CancelTimer(LookTimer);
        Context.Log.LogInformation("standby ends: {Outcome}, {Reason}", end.Outcome, end.Reason);
        options.OnEnd(end);
        Context.Stop(Context.Self);
    }

    private static void Try(Action<object> post, string what, Func<object> work)
    {
        try
        {
            post(work());
        }
        catch (IOException refused)
        {
            post(new Problem(what, refused.Message));
        }
    }

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record Stands(TermClaim Claim);

    private sealed record Claimed(bool Succeeded, TermClaim Claim);

    private sealed record Loaded(RunOptions Run);

    private sealed record Problem(string What, string Reason);
}
