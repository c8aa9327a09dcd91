using System.Globalization;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Cli.Displays;

/// <summary>Keeps what a run tells, for a display to show in its own time.</summary>
internal sealed class RunProgress(TrainingSetup setup, RunSnapshot? resume, AuditTally audits, Notes notes, Action<string>? debug) : IRunObserver
{
    private const int FirstSkipped = 4;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<RunResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double _secondsBefore = resume?.TrainSeconds ?? 0;
    private readonly long _samplesBefore = resume?.Samples ?? 0;
    private readonly long _stepsBefore = resume?.Step ?? 0;
    private ProgressState _state = new(resume?.Step ?? 0, setup.TotalSteps, setup.Layout.BatchesPerEpoch, setup.Epochs, null,
        resume?.Epochs.LastOrDefault()?.TestAccuracy, 0, null, 0);

    /// <summary>The run's result, after its last event.</summary>
    public Task<RunResult> Ended => _ended.Task;

    public ProgressState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    public void On(RunEvent happened)
    {
        audits.On(happened);
        switch (happened)
        {
            case RunEvent.StepCommitted step: OnStep(step); break;
            case RunEvent.StepSkipped skipped: OnSkipped(skipped); break;
            case RunEvent.EpochEnded epoch: OnEpoch(epoch); break;
            case RunEvent.WorkerJoined joined:
                Update(state => state with { Workers = joined.Alive });
                notes.Add($"worker {joined.Worker} ({joined.Name}) joined; {Count(joined.Alive, "worker")} now");
                break;
            case RunEvent.WorkerLost lost:
                Update(state => state with { Workers = lost.Alive });
                notes.Add(Describe(lost), NoteKind.Warning);
                break;
            case RunEvent.WorkerStalled stalled:
                notes.Add($"worker {stalled.Worker} ({stalled.Name}) is connected but has made no progress for {stalled.Silent.TotalSeconds:0} s"
                    + (stalled.Alive > 1 ? "; what it has goes to the others, the answer stays the same" : "; it is the only one"), NoteKind.Warning);
                break;
            case RunEvent.WorkerRecovered recovered: notes.Add($"worker {recovered.Worker} ({recovered.Name}) goes on"); break;
            case RunEvent.ShardsCopied copied:
                debug?.Invoke($"{Count(copied.Units, "shard")} of late workers {(copied.Units == 1 ? "is" : "are")} computed by worker {copied.Worker} too");
                break;
            case RunEvent.ShardAudited: break; // counted
            case RunEvent.ShardUnaudited:
                if (audits.Unaudited == 1)
                    notes.Add("audit: there is no other worker to compare with; until one joins, shards count unaudited", NoteKind.Warning);
                break;
            case RunEvent.ShardDisputed disputed:
                notes.Add($"workers {string.Join(" and ", disputed.Workers)} have different bits of shard {disputed.Shard}; the step waits for a third worker to tell which is right",
                    NoteKind.Warning);
                break;
            case RunEvent.WorkerExcluded excluded:
                Update(state => state with { Workers = excluded.Alive });
                notes.Add($"worker {excluded.Worker} ({excluded.Name}) computes wrongly and is excluded: two others agree on shard {excluded.Shard} of step {excluded.Step} "
                    + "and it has other bits. Its memory or processor may be faulty", NoteKind.Warning);
                break;
            case RunEvent.WorkerRefused refused: notes.Add($"refused: {refused.Reason}", NoteKind.Warning); break;
            case RunEvent.Waiting waiting:
                notes.Add($"waiting for workers: {waiting.Have} of {waiting.Want} are here", NoteKind.News);
                break;
            case RunEvent.StandbyJoined standby: notes.Add($"{standby.Name} stands by to take over"); break;
            case RunEvent.StandbyLost standby: notes.Add($"{standby.Name} no longer stands by: {standby.Reason}", NoteKind.Warning); break;
            case RunEvent.CheckpointWritten written: debug?.Invoke($"checkpoint of step {written.Step}: {written.Path}"); break;
            case RunEvent.CheckpointFailed failed:
                notes.Add($"no checkpoint could be written, the run goes on: {failed.Reason}", NoteKind.Warning);
                break;
            case RunEvent.Ended ended:
                if (audits.Audited + audits.Unaudited > 0)
                    notes.Add($"audit: two workers agreed on {Count(audits.Audited, "shard")}"
                        + (audits.Unaudited > 0 ? $"; {Count(audits.Unaudited, "shard")} counted unaudited" : ""));
                _ended.TrySetResult(ended.Result);
                break;
            default: throw new BrokenInvariantException($"no rule for {happened}");
        }
    }

    private void OnStep(RunEvent.StepCommitted step)
    {
        var seconds = step.TrainSeconds - _secondsBefore;
        var rate = seconds > 0 ? (step.Samples - _samplesBefore) / seconds : 0;
        var left = seconds / (step.Step - _stepsBefore) * (setup.TotalSteps - step.Step);
        Update(state => state with { Step = step.Step, Loss = step.Loss, SamplesPerSecond = rate, SecondsLeft = left });
        debug?.Invoke($"step {step.Step} committed (epoch {step.Epoch + 1}, batch {step.Batch + 1}): loss {Number(step.Loss)}");
    }

    /// <summary>The first few one by one, then whenever their number has doubled: there may be one in every step.</summary>
    private void OnSkipped(RunEvent.StepSkipped skipped)
    {
        if (skipped.Skipped > FirstSkipped && !long.IsPow2(skipped.Skipped)) return;
        notes.Add($"step {skipped.Step} (epoch {skipped.Epoch + 1}) is skipped, {skipped.Reason}; {Count(skipped.Skipped, "step")} so far",
            NoteKind.Warning);
    }

    private void OnEpoch(RunEvent.EpochEnded epoch)
    {
        var result = epoch.Result;
        Update(state => state with { Accuracy = result.TestAccuracy });
        var test = result switch
        {
            { TestAccuracy: { } share } => $", test accuracy {Percent(share)}",
            { TestLoss: { } loss } => $", test loss {Number(loss)}",
            _ => "",
        };
        notes.Add($"epoch {result.Epoch + 1} of {setup.Epochs}: loss {Number(result.MeanLoss)}{test}, "
            + $"{State.SamplesPerSecond:N0} samples/s", NoteKind.Epoch);
    }

    private static string Describe(RunEvent.WorkerLost lost)
    {
        var line = $"worker {lost.Worker} ({lost.Name}) lost: {lost.Reason.TrimEnd('.')}";
        return lost switch
        {
            { Alive: 0 } => $"{line}; no worker is left, the run goes on when one joins",
            { Moved: > 0 } => $"{line}; its {Count(lost.Moved, "shard")} {(lost.Moved == 1 ? "goes" : "go")} to the others, the answer stays the same",
            _ => $"{line}; the run goes on with {Count(lost.Alive, "worker")}, the answer stays the same",
        };
    }

    private void Update(Func<ProgressState, ProgressState> change)
    {
        lock (_lock) _state = change(_state);
    }

    internal static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    internal static string Percent(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    internal static string Count(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}

/// <summary>Where a run stands.</summary>
/// <param name="Step">Steps committed.</param>
/// <param name="Loss">Of the last step; null before the first.</param>
/// <param name="Accuracy">After the last whole epoch, 0..1.</param>
/// <param name="SamplesPerSecond">Mean since the run began or was resumed; 0 before the first step.</param>
/// <param name="SecondsLeft">At the mean pace so far, evaluations left out; null before the first step.</param>
/// <param name="Workers">That take part now.</param>
internal sealed record ProgressState(long Step, long TotalSteps, int StepsPerEpoch, int Epochs, double? Loss, double? Accuracy,
    double SamplesPerSecond, double? SecondsLeft, int Workers);
