using Distributed.Coordinator.Control;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Runs;
using Distributed.Engine;
using Distributed.Engine.Inspection;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Dashboards;

/// <summary>The run of this process.</summary>
/// <param name="record">What is taken down of it, as it is now.</param>
internal sealed class LiveRun(ControlledRun run, Func<RunRecord> record, int epochs) : IDashboardSource
{
    public async Task<DashboardData> LookAsync(Seen seen, CancellationToken cancel)
    {
        var (lead, kept) = (run.Leading, record());
        var (history, picture) = (kept.History, kept.Recorder?.Picture);
        var progress = lead?.Progress.State;
        var described = lead is null ? null : await lead.TryAskAsync<RunDescription>(answer => new DescribeRun(answer), cancel).ConfigureAwait(false);
        var end = run.Feed.End;
        var state = end is not null ? end.Outcome.ToString().ToLowerInvariant() : described is null ? run.StandsBy ? "standing by" : "starting" : described.Phase.ToString().ToLowerInvariant();
        var isSame = seen.Resumes == history.Resumes;
        var all = history.Epochs();
        return new DashboardData(kept.Folder?.Name ?? run.Job, run.Job, state, end?.Reason, end is null, progress?.Step ?? 0, progress?.TotalSteps ?? 0, progress?.Epochs ?? epochs,
            progress?.StepsPerEpoch ?? 0, Finite(progress?.Loss), progress?.Accuracy, progress?.SamplesPerSecond ?? 0, progress?.SecondsLeft, history.Resumes,
            history.Steps(isSame ? seen.Steps : 0), isSame ? [.. all.Skip(seen.Epochs)] : all, history.Events(seen.Events),
            WorkerRows.Of(described?.Workers, history.Events(), kept.Timeline, end is null ? "gone" : "ended"), kept.Timeline.Pieces(), history.Layers, RunPictures.Diagnose(all),
            picture is null ? [] : [picture.Name], picture?.Step ?? 0, end?.Fingerprint);
    }

    public byte[]? Picture(string name) => record().Recorder?.Picture is { } picture && picture.Name == name ? picture.Png : null;

    public Task<DashboardAnswer> StopAsync()
    {
        if (run.Feed.End is not null) return Task.FromResult(new DashboardAnswer("the run has ended", false));
        run.Stop("stopped from the dashboard");
        return Task.FromResult(new DashboardAnswer("the run stops after the step in progress", true));
    }

    public async Task<DashboardAnswer> CheckpointAsync(CancellationToken cancel)
    {
        if (run.Leading is not { } lead || await lead.TryAskAsync<CheckpointAnswer>(told => new TakeCheckpoint(told), cancel).ConfigureAwait(false) is not { } answer)
            return new DashboardAnswer("nobody leads the run at the moment", false);
        return answer.Path is { } path ? new DashboardAnswer($"step {answer.Step}: {path}", true) : new DashboardAnswer(answer.Problem!, false);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
