using System.Globalization;
using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Checkpoints;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Whether this coordinator still leads the run, and who stands by to lead it next.</summary>
/// <remarks>
/// The claim to lead lies in the checkpoint folder (<see cref="TermFile"/>). It is looked at beside the mailbox every
/// <see cref="CoordinatorLimits.ReignInterval"/>, at once when a message knows of a higher term, and by every checkpoint under
/// the lock. A coordinator that finds a higher term there stands down: it commits nothing more, writes nothing more, and sends
/// its workers to look for the new one. The folder has the last word: a worker that followed a higher term of some other run
/// deposes nobody.
/// </remarks>
public sealed partial class CoordinatorActor
{
    private const string ReignTimer = "reign";

    private readonly Dictionary<ActorRef, string> _standbys = [];
    private readonly List<(ActorRef Worker, string Name, ulong Term)> _doubters = [];
    private bool _looking;

    public override bool HasShortTurns => true;

    public override void Started()
    {
        _savedAt = Context.Now;
        LookLater();
        if (_restored is not null) Decide(new Input.Hold());
    }

    private void LookLater()
    {
        if (_options.Checkpoints is not null && _end is null)
            Context.StartTimer(ReignTimer, CoordinatorLimits.ReignInterval, LookAtTerm.Instance);
    }

    private void LookNow()
    {
        if (_looking || _end is not null) return;
        if (_options.Checkpoints is not { } store)
        {
            OnTermSeen(new TermSeen(null, null)); // nobody can have claimed it
            return;
        }
        _looking = true;
        Context.Run("look at the term", post =>
        {
            try
            {
                store.CheckTerm();
                post(new TermSeen(null, null));
            }
            catch (DeposedException deposed)
            {
                post(new TermSeen(deposed.Message, null));
            }
            catch (IOException refused)
            {
                post(new TermSeen(null, refused.Message));
            }
        });
    }

    private void OnTermSeen(TermSeen seen)
    {
        _looking = false;
        if (seen.Deposed is { } reason)
        {
            StandDown(reason);
            return;
        }
        if (seen.Problem is { } problem) Context.Log.LogWarning("whether term {Term} stands cannot be told: {Reason}", _options.Term, problem);
        foreach (var (worker, name, term) in _doubters)
        {
            if (seen.Problem is null)
                Refuse(worker, name, string.Create(CultureInfo.InvariantCulture,
                    $"worker {name} has followed a coordinator of term {term}, but this run is in term {_options.Term}: start it anew"));
        }
        _doubters.Clear();
        LookLater();
    }

    /// <summary>A worker knows of a higher term: of this run, and then this coordinator is deposed, or of another one.</summary>
    private void Doubt(ActorRef worker, string name, ulong term)
    {
        if (_doubters.Count < CoordinatorLimits.MaxWorkers && !_doubters.Exists(doubter => doubter.Worker.Equals(worker)))
            _doubters.Add((worker, name, term));
        LookNow();
    }

    private void StandDown(string reason)
    {
        if (_end is null && !_schedule.HasEnded) Decide(new Input.Deposed(reason));
        else if (_end is { End: not RunEnd.Deposed }) _end = (RunEnd.Deposed, reason); // its last checkpoint was refused
    }

    private void OnStandBy(ActorRef standby, StandBy question)
    {
        var name = question.Name;
        if (_schedule.HasEnded)
        {
            _standbys.TryAdd(standby, name); // it hears of the end with the others, when all is written
            return;
        }
        if (question.Term > _options.Term)
        {
            LookNow();
            return;
        }
        var refusal = _options.Checkpoints is null
                ? "this run writes no checkpoints, so nobody could go on in its place: start it with --checkpoints"
            : WrongFingerprint("standby", name, question.JobFingerprint, question.DataFingerprint)
                ?? (_standbys.Count >= CoordinatorLimits.MaxStandbys && !_standbys.ContainsKey(standby)
                    ? $"the run has {CoordinatorLimits.MaxStandbys} standbys, no more are taken"
                    : null);
        if (refusal is not null)
        {
            Refuse(standby, name, refusal);
            return;
        }
        if (_standbys.TryAdd(standby, name))
        {
            Context.Watch(standby);
            _observer.On(new RunEvent.StandbyJoined(name));
        }
        Context.Tell(standby, new Reign { Term = _options.Term, Claimant = _options.Claimant });
    }

    private void OnStandbyLost(string name, string reason)
    {
        if (!_schedule.HasEnded) _observer.On(new RunEvent.StandbyLost(name, reason));
    }

    private sealed class LookAtTerm
    {
        public static readonly LookAtTerm Instance = new();
    }

    /// <param name="Deposed">A sentence; null: the term stands.</param>
    /// <param name="Problem">Why it cannot be told; null: nothing.</param>
    private sealed record TermSeen(string? Deposed, string? Problem);
}
