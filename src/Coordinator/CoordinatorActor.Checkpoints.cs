using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator;

/// <summary>Snapshots, written beside the mailbox one after another.</summary>
/// <remarks>While one is being written no other is taken, so that a slow disk holds up nothing and fills no memory. But the last of a
/// run is taken in any case, and the best one so far waits until the disk is free: at most one of each in memory.</remarks>
public sealed partial class CoordinatorActor
{
    private int _saving;
    private RunSnapshot? _waitingBest;
    private string? _lastCheckpoint;
    private TimeSpan _savedAt;

    private void Save(bool last = false, bool best = false)
    {
        if (_options.Checkpoints is null || !MayBeSaved()) return;
        if (_saving > 0 && !last && !best)
        {
            Context.Log.LogDebug("no checkpoint of step {Step}: the one before is still being written", _aggregator.Step);
            return;
        }
        if (_aggregator.IsBetweenVersions) throw new BrokenInvariantException("a snapshot was to be taken in the middle of a step");
        var snapshot = Snapshot() with { IsBest = best };
        _savedAt = Context.Now;
        if (best) _waitingBest = null; // a better one has come before the disk was free
        if (_saving > 0 && !last)
        {
            _waitingBest = snapshot;
            return;
        }
        WriteWaiting();
        Write(snapshot);
    }

    /// <summary>Whether an epoch's end may have a checkpoint so soon after the one before.</summary>
    private bool IsSaveDue() => Context.Now - _savedAt >= _options.CheckpointSpacing || _wanting.Count > 0 || _rates.Count > 0;

    /// <summary>The best one so far waits for the next checkpoint.</summary>
    private void KeepBest()
    {
        if (_options.Checkpoints is not null && MayBeSaved()) _waitingBest = Snapshot() with { IsBest = true };
    }

    private void WriteWaiting()
    {
        if (_waitingBest is not { } best) return;
        _waitingBest = null;
        Write(best);
    }

    private RunSnapshot Snapshot() => new(_aggregator.Step, _aggregator.Current.ToArray(),
        _aggregator.State.Clone(), _history.EpochSum, _history.CopyEpochs(), _history.TrainSeconds(Context.Now), _history.Samples)
    { SkippedSteps = _history.Skipped, RateChanges = _aggregator.RateChanges };

    private void Write(RunSnapshot unrecorded)
    {
        _saving++;
        _begunStep = Math.Max(_begunStep, unrecorded.Step);
        var snapshot = WithRates(unrecorded);
        var store = _options.Checkpoints!;
        Context.Run($"checkpoint of step {snapshot.Step}", post =>
        {
            string? path = null, problem = null, deposed = null;
            Try(() =>
            {
                if (snapshot.IsBest) store.SaveBest(snapshot);
            });
            Try(() => path = store.Save(snapshot));
            post(new CheckpointSaved(path, snapshot.Step, problem, deposed));

            void Try(Action save)
            {
                try
                {
                    save();
                }
                catch (IOException refused)
                {
                    problem = refused.Message;
                }
                catch (DeposedException other)
                {
                    deposed = other.Message;
                }
            }
        });
    }

    private void OnSaved(CheckpointSaved saved)
    {
        if (saved.Path is { } path)
        {
            _lastCheckpoint = path;
            _observer.On(new RunEvent.CheckpointWritten(path, saved.Step));
        }
        if (saved.Problem is { } problem)
        {
            Context.Log.LogWarning("a checkpoint of step {Step} could not be written: {Reason}", saved.Step, problem);
            _observer.On(new RunEvent.CheckpointFailed(problem));
        }
        if (saved.Deposed is { } reason) StandDown(reason);
        AnswerWanting(saved);
        _saving--;
        if (_saving == 0 && saved.Deposed is null) WriteWaiting();
        SaveIfWanted();
        RecordRates();
        EndWhenSaved();
    }

    private void EndWhenSaved()
    {
        if (_end is not { } end || _saving > 0) return;
        AnswerWanting(end.Reason);
        SayFarewell(end.End, end.Reason);
        var weights = _aggregator.Current.ToArray();
        var reason = end.End == RunEnd.Failed && _nonFinite != NonFiniteEnd.None ? NamingCheckpoint(end.Reason) : end.Reason;
        _observer.On(new RunEvent.Ended(new RunResult(end.End, reason, Fingerprint.Of(weights), _aggregator.Step, _history.Samples,
            _history.TrainSeconds(Context.Now), _history.CopyEpochs(), _lastCheckpoint, weights)
        { SkippedSteps = _history.Skipped, NonFinite = _nonFinite, GoBackTo = _goBackTo ?? 0, Excluded = _excluded, RateChanges = _aggregator.RateChanges }));
        Context.Stop(Context.Self);
    }

    /// <summary>Not before the last checkpoint is there: who goes on in this one's place, should it be lost until then, needs workers.</summary>
    private void SayFarewell(RunEnd end, string reason)
    {
        var goesOn = end is RunEnd.Deposed or RunEnd.GoesBack; // elsewhere
        object farewell = goesOn ? new Deposed { Reason = Sentences.Cut(reason) } : new Finish { Reason = Sentences.Cut(reason) };
        foreach (var peer in _peers.Values) Context.Tell(peer.Worker, farewell);
        if (goesOn) return;
        foreach (var standby in _standbys.Keys) Context.Tell(standby, farewell);
    }

    /// <param name="Path">Of the step's file; null where it could not be written.</param>
    /// <param name="Problem">What the disk refused, the best one's file or the step's; null: nothing.</param>
    /// <param name="Deposed">Why another coordinator leads the run, so that nothing was written; null: none does.</param>
    private sealed record CheckpointSaved(string? Path, long Step, string? Problem, string? Deposed);
}
