using Distributed.Actors;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Runs;

/// <summary>Where the user wants a run to be kept.</summary>
/// <param name="Parent">The folder of all runs.</param>
/// <param name="Name">Null: the job's name and the time.</param>
internal sealed record RunsRequest(string Parent, string? Name)
{
    /// <summary>The run to go on with; null: a new one.</summary>
    public RunFolder? Existing { get; init; }

    /// <summary>Checkpoints are those of one run: who goes on from them goes on with it, where it is kept.</summary>
    public RunsRequest GoingOnFrom(string checkpoints)
    {
        var wanted = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoints));
        var known = Path.GetDirectoryName(wanted) is { } above && RunFolder.TryFind(Parent, above) is { } around ? [around] : RunFolder.All(Parent);
        return known.LastOrDefault(run => Path.TrimEndingDirectorySeparator(Path.GetFullPath(RunInfo.Read(run).CheckpointsOf(run))) == wanted) is { } found
            ? this with { Existing = found }
            : this;
    }
}

/// <summary>All that is kept of the run in progress.</summary>
internal sealed class RunRecord : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly bool _isNew;
    private RunInfo? _info;
    private RunRecorder? _recorder;

    private RunRecord(RunFolder? folder, RunInfo? info, bool isNew, TimeProvider time, Action<string> warn)
    {
        (Folder, _info, _isNew, _time, _warn) = (folder, info, isNew, time, warn);
        History = folder is null || isNew ? new RunHistory() : RunHistory.Read(folder);
        Timeline = new RunTimeline(time);
    }

    /// <summary>Null: the run is in memory only.</summary>
    public RunFolder? Folder { get; }

    public RunHistory History { get; }

    public RunTimeline Timeline { get; }

    /// <summary>Null: the run has not begun.</summary>
    public TrainingSetup? Setup { get; private set; }

    /// <summary>Of the run as it is led now; null: nobody leads yet.</summary>
    public RunRecorder? Recorder => _recorder;

    /// <summary>Makes the run's folder, or opens the one that it goes on in.</summary>
    /// <param name="runs">Null: no folder.</param>
    /// <param name="checkpoints">Where the user wants the checkpoints; null: in the run's folder.</param>
    /// <exception cref="UserException">Nothing can be written there, or the name is taken.</exception>
    public static RunRecord Open(RunsRequest? runs, Job job, string? checkpoints, TimeProvider time, Action<string> warn)
    {
        if (runs is null) return new RunRecord(null, null, true, time, warn);
        var folder = runs.Existing ?? RunFolder.Create(runs.Parent, job.Name, runs.Name, time.GetLocalNow());
        var claimant = new TcpHostOptions().Name;
        var info = runs.Existing is null
            ? new RunInfo(job.Name, Convert.ToHexStringLower(job.Fingerprint), "running", time.GetLocalNow(), Environment.GetCommandLineArgs()[1..],
                Environment.CurrentDirectory, claimant, checkpoints ?? folder.Checkpoints)
            : RunInfo.Read(folder) with { State = "running", Claimant = claimant, Ended = null, Reason = null, Fingerprint = null };
        if (runs.Existing is null) // what is there of one that is gone on with stands until it does go on
        {
            Write(folder, () =>
            {
                File.WriteAllText(folder.JobFile, job.ToYaml());
                info.Write(folder);
            });
        }
        return new RunRecord(folder, info, runs.Existing is null, time, warn);
    }

    /// <summary>Takes the run down from here on.</summary>
    public async Task<RunRecorder> BeginAsync(TrainingSetup setup, LoadedJob? job, long step)
    {
        if (_recorder is not null) await _recorder.DisposeAsync().ConfigureAwait(false);
        Setup = setup;
        if (step > 0 || !_isNew) History.Add(new ResumedLine(step));
        if (_info is not null && Folder is not null)
        {
            _info = _info with { DataFingerprint = job is null ? _info.DataFingerprint : Convert.ToHexStringLower(job.DataFingerprint) };
            if (step > 0) _info = _info with { Resumed = [.. _info.Resumed, new RunResumed(_time.GetLocalNow(), step)] };
            Write(Folder, () => _info.Write(Folder));
        }
        return _recorder = new RunRecorder(Folder, History, Timeline, setup, step, _time, _warn);
    }

    /// <summary>A store that shows what goes through it to who takes the run down.</summary>
    public ICheckpointStore Watching(ICheckpointStore store) => new RecordingStore(store, snapshot => _recorder?.OnSnapshot(snapshot));

    /// <summary>The run is over: its state and its report are written.</summary>
    public async Task EndAsync(RunReport report)
    {
        await DisposeAsync().ConfigureAwait(false);
        if (_info is null || Folder is null || (report.Result == "deposed" && RunInfo.Read(Folder).Claimant != _info.Claimant)) return; // another one keeps it now
        var info = _info with { State = report.Result, Ended = _time.GetLocalNow(), Reason = report.Reason, Fingerprint = report.Result is "failed" or "deposed" ? null : report.Fingerprint };
        try
        {
            report.Write(Folder.ReportFile);
            info.Write(Folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _warn($"{Folder.Path}: how the run ended cannot be written: {refused.Message}");
        }
    }

    /// <summary>The run has not begun, since something of it was wrong: nothing is left of a folder that was made for it.</summary>
    public void Discard()
    {
        if (Folder is not null && _isNew && _recorder is null) Directory.Delete(Folder.Path, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_recorder is not null) await _recorder.DisposeAsync().ConfigureAwait(false);
    }

    private static void Write(RunFolder folder, Action write)
    {
        try
        {
            write();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"nothing can be written in {folder.Path}: {wrong.Message}; --runs DIR keeps the run elsewhere, --no-run-folder does without", wrong);
        }
    }
}
