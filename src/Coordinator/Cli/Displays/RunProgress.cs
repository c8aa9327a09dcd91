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
        0, null, 0)
    { Samples = resume?.Samples ?? 0, LastEpoch = resume?.Epochs.LastOrDefault() };

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
        if (RunSentences.Of(happened) is { } note) notes.Add(note.Line, note.Kind);
        switch (happened)
        {
            case RunEvent.StepCommitted step: OnStep(step.Step, step.Epoch, step.Batch, step.Loss, step.TrainSeconds, step.Samples); break;
            case RunEvent.StepSkipped skipped: OnSkipped(skipped); break;
            case RunEvent.EpochEnded epoch: OnEpoch(epoch); break;
            case RunEvent.WorkerJoined joined: Update(state => state with { Workers = joined.Alive }); break;
            case RunEvent.WorkerLost lost: Update(state => state with { Workers = lost.Alive }); break;
            case RunEvent.WorkerExcluded excluded: Update(state => state with { Workers = excluded.Alive }); break;
            case RunEvent.ShardsCopied copied:
                debug?.Invoke($"{Count(copied.Units, "shard")} of late workers {(copied.Units == 1 ? "is" : "are")} computed by worker {copied.Worker} too");
                break;
            case RunEvent.ShardUnaudited when audits.Unaudited == 1:
                notes.Add("audit: there is no other worker to compare with; until one joins, shards count unaudited", NoteKind.Warning);
                break;
            case RunEvent.CheckpointWritten written: debug?.Invoke($"checkpoint of step {written.Step}: {written.Path}"); break;
            case RunEvent.Ended ended:
                if (audits.Audited + audits.Unaudited > 0)
                    notes.Add($"audit: two workers agreed on {Count(audits.Audited, "shard")}"
                        + (audits.Unaudited > 0 ? $"; {Count(audits.Unaudited, "shard")} counted unaudited" : ""));
                _ended.TrySetResult(ended.Result);
                break;
        }
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
        var seconds = trainSeconds - _secondsBefore;
        var rate = seconds > 0 ? (samples - _samplesBefore) / seconds : 0;
        var left = seconds / (step - _stepsBefore) * (setup.TotalSteps - step);
        lock (_lock) _state = _state with { Step = step, Loss = loss, SamplesPerSecond = rate, SecondsLeft = left, Samples = samples };
        debug?.Invoke($"step {step} committed (epoch {epoch + 1}, batch {batch + 1}): loss {Number(loss)}");
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
        Update(state => state with { LastEpoch = result });
        var test = result switch
        {
            { TestAccuracy: { } share } => $", test accuracy {Percent(share)}",
            { TestLoss: { } loss } => $", test loss {Number(loss)}",
            _ => "",
        };
        notes.Add($"epoch {result.Epoch + 1} of {setup.Epochs}: loss {Number(result.MeanLoss)}{test}, "
            + $"{State.SamplesPerSecond:N0} samples/s", NoteKind.Epoch);
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
/// <param name="SamplesPerSecond">Mean since the run began or was resumed; 0 before the first step.</param>
/// <param name="SecondsLeft">At the mean pace so far, evaluations left out; null before the first step.</param>
/// <param name="Workers">That take part now.</param>
internal readonly record struct ProgressState(long Step, long TotalSteps, int StepsPerEpoch, int Epochs, double? Loss,
    double SamplesPerSecond, double? SecondsLeft, int Workers)
{
    /// <summary>Trained on so far.</summary>
    public long Samples { get; init; }

    /// <summary>The last whole epoch; null before the first.</summary>
    public EpochResult? LastEpoch { get; init; }

    /// <summary>After it, 0..1; null where there is none.</summary>
    public double? Accuracy => LastEpoch?.TestAccuracy;
}
