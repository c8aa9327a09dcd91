using Distributed.Coordinator.Runs;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Images;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Dashboards;

/// <summary>A run in its folder, which another process may be writing still.</summary>
internal sealed class KeptRun : IDashboardSource
{
    private readonly RunFolder _folder;
    private readonly TrainingSetup? _setup;
    private readonly Lock _lock = new();
    private RunOverview _run;
    private long _bytes = -1;

    /// <exception cref="UserException">The folder cannot be read.</exception>
    public KeptRun(RunFolder folder)
    {
        _folder = folder;
        _run = RunOverview.Read(folder);
        try
        {
            _setup = _run.ReadJob().Prepare(new PrepareOptions { BaseFolder = _run.Info.Folder });
            Problem = null;
        }
        catch (Exception wrong) when (wrong is UserException or JobException or Engine.Data.DataException)
        {
            Problem = wrong.Message; // the curves need no data
        }
    }

    /// <summary>Why there are no pictures; null: there may be some.</summary>
    public string? Problem { get; }

    public Task<DashboardData> LookAsync(Seen seen, CancellationToken cancel)
    {
        var run = Current();
        var (history, report, all) = (run.History, run.ReadReport(), run.History.Epochs());
        var isSame = seen.Resumes == history.Resumes;
        var last = run.LastEpoch;
        var step = history.Steps() is [.., var newest] ? newest : null;
        return Task.FromResult(new DashboardData(_folder.Name, run.Info.Job, run.State, run.Info.Reason, false, run.Step, _setup?.TotalSteps ?? run.Step, _setup?.Epochs ?? 0,
            _setup?.Layout.BatchesPerEpoch ?? 0, step?.Loss, last?.TestAccuracy, report?.SamplesPerSecond ?? 0, null, history.Resumes, history.Steps(isSame ? seen.Steps : 0),
            isSame ? [.. all.Skip(seen.Epochs)] : all, history.Events(seen.Events), WorkerRows.Of(null, history.Events(), null, "ended"), [], history.Layers, RunPictures.Diagnose(all),
            Checkpoints.NewestStep is null ? [] : RunPictures.Of(_setup), history.Layers?.Step ?? 0, run.Info.Fingerprint));
    }

    public Image? Draw(string picture)
    {
        if (_setup is null || Checkpoints.Latest().Checkpoint is not { } latest) return null;
        return RunPictures.Draw(picture, _setup, latest.Fit(_setup.Model.Parameters, _setup.Optimizer).Weights);
    }

    public Task<DashboardAnswer> StopAsync() => Task.FromResult(NotHere);

    public Task<DashboardAnswer> CheckpointAsync(CancellationToken cancel) => Task.FromResult(NotHere);

    private DashboardAnswer NotHere => new(_run.State == "running" ? "another process leads this run: its own dashboard has the buttons" : "the run has ended", false);

    private CheckpointFolder Checkpoints => new(_run.Info.CheckpointsOf(_folder));

    private RunOverview Current()
    {
        lock (_lock)
        {
            var bytes = new[] { _folder.MetricsFile, _folder.EventsFile, _folder.InfoFile }.Sum(file => File.Exists(file) ? new FileInfo(file).Length : 0);
            if (bytes != _bytes) _run = RunOverview.Read(_folder);
            _bytes = bytes;
            return _run;
        }
    }
}
