using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Optimizers;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>What somebody outside asks while the run goes on: a checkpoint, another learning rate, where it stands.</summary>
/// <remarks>
/// A snapshot can be taken only right after a commit, and none while one is written: who asks in between is answered with the next
/// one, several with the same. One is not written over another of the same step, so that a disk which loses the second leaves the first; at an epoch's
/// end there is one anyway.
/// <para>A rate that is set decides the answer from some step on, so no weights may be made with it that a coordinator which goes on from the
/// last checkpoint would make otherwise: workers may hold them. Before the step at which it begins the run is held, until a checkpoint that has it
/// is written. Where that is refused nothing is set.</para>
/// </remarks>
public sealed partial class CoordinatorActor
{
    private readonly List<Wanting> _wanting = [];
    private CheckpointSaved? _saved; // the newest that was written
    private long _begunStep = -1; // of the newest that was begun, or gone on from
    private readonly List<SetRate> _rates = []; // asked for
    private (RateChanges Changes, long Step, SetRate[] Asked)? _recording;
    private RateChanges? _restored; // of before the run went back: to be recorded again

    private void OnTakeCheckpoint(TakeCheckpoint asked)
    {
        if (_options.Checkpoints is null)
            asked.Answer(CheckpointAnswer.Refused("this run keeps no checkpoints: start it with --checkpoints DIR"));
        else if (_schedule.HasEnded)
            asked.Answer(CheckpointAnswer.Refused("the run has ended"));
        else
            WantCheckpoint(asked.Answer);
    }

    /// <summary>Of the step in progress, as soon as it is committed; between two steps of the one before.</summary>
    private void WantCheckpoint(Action<CheckpointAnswer> answer)
    {
        var wanting = new Wanting(_aggregator.Step + (_aggregator.IsBetweenVersions ? 1 : 0), answer);
        if (_saved is { } there && wanting.IsMetBy(there))
        {
            answer(new CheckpointAnswer(there.Path, there.Step, null));
            return;
        }
        _wanting.Add(wanting);
        SaveIfWanted();
    }

    private void SaveIfWanted()
    {
        if (_wanting.Count == 0 || _saving > 0 || _end is not null || _aggregator.IsBetweenVersions || _aggregator.Step == _begunStep) return;
        var perEpoch = _setup.Layout.BatchesPerEpoch;
        var isEpochEnding = _aggregator.Step > 0 && _aggregator.Step % perEpoch == 0 && _history.Best.Count < _aggregator.Step / perEpoch;
        if (!isEpochEnding) Save();
    }

    /// <summary>A checkpoint is there, or the disk has refused it.</summary>
    private void AnswerWanting(CheckpointSaved saved)
    {
        if (saved.Path is not null) _saved = saved;
        else if (_begunStep == saved.Step) _begunStep = -1; // nothing is there that another could be written over
        var answer = Answer(saved);
        if (_recording is { } recording && recording.Step == saved.Step) Recorded(recording.Changes, recording.Asked, answer);
        foreach (var met in _wanting.FindAll(wanting => wanting.IsMetBy(saved)))
        {
            _wanting.Remove(met);
            met.Answer(answer);
        }
    }

    /// <summary>The run has ended, and with it all checkpoints.</summary>
    private void AnswerWanting(string end)
    {
        foreach (var wanting in _wanting) wanting.Answer(new CheckpointAnswer(null, _aggregator.Step, $"the run has ended before: {end}"));
        foreach (var asked in _rates) asked.Answer(new RateAnswer(null, null, $"the run has ended before: {end}"));
        _wanting.Clear();
        _rates.Clear();
    }

    private void OnSetRate(SetRate asked)
    {
        var isKept = _options.Checkpoints is not null;
        var step = _aggregator.Step + (_aggregator.IsBetweenVersions || (isKept && _schedule.IsTraining) ? 1 : 0);
        var changes = _restored ?? _aggregator.RateChanges;
        var problem = !(float.IsFinite(asked.Rate) && asked.Rate >= 0) ? $"a learning rate is a finite number, at least 0; came {asked.Rate}"
            : !_setup.Optimizer.HasRate ? $"the optimizer of this job ({_setup.Optimizer.GetType().Name}) finds its own step and has no learning rate"
            : _schedule.HasEnded || step >= _setup.TotalSteps ? "no step is left that it could change"
            : changes.All is [.., var last] && last.Step > step ? $"it is set for step {last.Step} already, which is still to come"
            : changes.Count + _rates.Count >= RateChanges.MaxCount ? $"a run's learning rate is set {RateChanges.MaxCount} times at most"
            : null;
        if (problem is not null)
        {
            asked.Answer(new RateAnswer(null, null, problem));
        }
        else if (!isKept)
        {
            Begins(changes.Set(step, asked.Rate));
            asked.Answer(new RateAnswer(_aggregator.RateChanges.All[^1], null, null));
        }
        else
        {
            _rates.Add(asked);
            Decide(new Input.Hold());
        }
    }

    /// <summary>Where the run is held for that: writes the checkpoint that has the rates, or lets it go on.</summary>
    private void RecordRates()
    {
        if (!_schedule.IsHeld || _recording is not null || _saving > 0 || _end is not null) return;
        var isOneThere = _aggregator.Step == _begunStep && _restored is null;
        if ((_rates.Count > 0 || _restored is not null) && !isOneThere)
        {
            Save();
            if (_recording is null) RefuseRates("no checkpoint can be written of weights that are not finite");
        }
        else if (_rates.Count == 0)
        {
            Decide(new Input.GoOn());
        }
        else if (_schedule.IsHolding)
        {
            Decide(new Input.GoOn()); // one more step, for a checkpoint of its own
            Decide(new Input.Hold());
        }
    }

    /// <summary>A snapshot as it is written: with the rates that begin there.</summary>
    private RunSnapshot WithRates(RunSnapshot snapshot)
    {
        if (_recording is not null || !_schedule.IsHeld || snapshot.Step != _aggregator.Step || (_rates.Count == 0 && _restored is null)) return snapshot;
        var changes = _restored ?? snapshot.RateChanges;
        foreach (var asked in _rates) changes = changes.Set(snapshot.Step, asked.Rate);
        _recording = (changes, snapshot.Step, [.. _rates]);
        _rates.Clear();
        return snapshot with { RateChanges = changes };
    }

    private void Recorded(RateChanges changes, SetRate[] asked, CheckpointAnswer answer)
    {
        _recording = null;
        if (answer.Path is null && _restored is null)
        {
            foreach (var one in asked) one.Answer(new RateAnswer(null, answer, answer.Problem));
            return;
        }
        if (answer.Path is null) Context.Log.LogWarning("no checkpoint could be written that has the learning rates set before: {Reason}", answer.Problem);
        _restored = null;
        if (asked.Length > 0) Begins(changes);
        else _aggregator.RateChanges = changes;
        foreach (var one in asked) one.Answer(new RateAnswer(changes.All[^1], answer, null));
    }

    private void Begins(RateChanges changes)
    {
        _aggregator.RateChanges = changes;
        _observer.On(new RunEvent.RateSet(changes.All[^1]));
    }

    private void RefuseRates(string problem)
    {
        _restored = null;
        foreach (var asked in _rates) asked.Answer(new RateAnswer(null, null, problem));
        _rates.Clear();
        Decide(new Input.GoOn());
    }

    private static CheckpointAnswer Answer(CheckpointSaved saved) =>
        new(saved.Path, saved.Step, saved.Path is null ? saved.Deposed ?? saved.Problem : null);

    private RunDescription Describe() => new(_end is null ? _schedule.RunPhase : RunPhase.Ended, _aggregator.Step, _aggregator.RateChanges, _lastCheckpoint,
        [.. _byNumber.Values.OrderBy(peer => peer.Number).Select(peer => _schedule.Describe(peer.Number, peer.Name))]);

    /// <param name="Step">At least.</param>
    private sealed record Wanting(long Step, Action<CheckpointAnswer> Answer)
    {
        public bool IsMetBy(CheckpointSaved saved) => saved.Step >= Step;
    }
}
