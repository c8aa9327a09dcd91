using Distributed.Actors;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Coordinator.Cli.Commands;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Control;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Scheduling;
using Distributed.Coordinator.Standby;
using Distributed.Coordinator.Telemetry;
using Distributed.Engine.Checkpoints;
using Distributed.Jobs;
using Distributed.Protocol.Control;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Distributed.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli;

/// <summary>One run, from the job's file to the summary.</summary>
/// <remarks>
/// What the user can get wrong is found first, and the order is that of cost: the job, the paths, the port. Worker processes are
/// started while the data is loaded, so that their start-up and the loading go on at once.
/// </remarks>
internal sealed class TrainSession(TrainRequest request, TimeProvider time)
{
    /// <summary>Who workers and standbys ask for.</summary>
    public const string ActorName = "coordinator";

    /// <summary>Where the user has said nothing of checkpoints, those in a run's folder cost next to nothing.</summary>
    private static readonly TimeSpan UsualSpacing = TimeSpan.FromSeconds(5), UsualInterval = TimeSpan.FromSeconds(60);

    private readonly Notes _notes = new();
    private DryRun? _dry;
    private IReadOnlyList<string>? _findings;
    private ControlledRun? _controlled;
    private RunRecord? _record;
    private RunLogs? _logs;
    private readonly AuditTally _audits = new();
    private readonly EarlyEnd _end = new();
    private RunProgress? _progress;

    /// <param name="stop">Ends the run as a signal does.</param>
    /// <exception cref="UserException">The user's input is wrong.</exception>
    public async Task<int> RunAsync(CancellationToken stop = default)
    {
        var job = JobFile.ReadResolved(request.JobPath, request.Overrides);
        if (request.IsDry) _dry = new DryRun(Stop);
        if (request.ReportPath is { } path) RunReport.CheckWritable(path, request.JobPath);
        using var telemetry = TelemetryExport.FromEnvironment("distributed-coordinator");
        using var signals = new StopSignals(Stop);
        await using var stopping = stop.Register(() => Stop("asked to stop")).ConfigureAwait(false);
        using var kept = new RunLogs(() => _record?.Folder, request.LogLevel, line => _notes.Add(line, NoteKind.Log), request.Verbose, time);
        using var logs = LineLog.Factory(kept.Least, kept.Write);
        _logs = kept;
        var showing = (request.IsQuiet ? new PlainDisplay(_notes, TextWriter.Null, TextWriter.Null, time) : IDisplay.For(_notes, () => Volatile.Read(ref _progress), time)).ShowAsync();
        (StandbyEnd? standby, Ending? ending) = (null, null);
        try
        {
            _record = OpenRecord(job, isStandby: request.StandbyFor.Count > 0);
            _controlled = new ControlledRun(job, request.StandbyFor.Count > 0, Stop);
            (standby, ending) = await ServeAsync(job, logs).ConfigureAwait(false);
        }
        catch
        {
            _record?.Discard();
            _record = null; // nothing more is written there
            throw;
        }
        finally
        {
            _notes.Complete();
            await showing.ConfigureAwait(false);
        }
        return ending is not null ? Conclude(ending, signals.IsTermination) : Conclude(standby!);
    }

    private async Task<(StandbyEnd?, Ending?)> ServeAsync(Job job, ILoggerFactory logs)
    {
        await using var servers = await RunServers.StartAsync(request, _controlled!, () => _record!, job.Epochs, _notes, logs, time).ConfigureAwait(false);
        try
        {
            var checkpoints = CheckpointFolder is { } folder ? RunCheckpoints.Open(folder, job, Use, request.Keep, _notes) : null;
            var (standby, ending) = await TrainAsync(job, checkpoints, servers, logs).ConfigureAwait(false);
            _controlled!.Feed.EndWith(ending is not null ? ending.ToMessage() : ToMessage(standby!));
            await servers.LetLookAsync().ConfigureAwait(false);
            return (standby, ending);
        }
        catch (Exception wrong)
        {
            _controlled!.Feed.EndWith(new RunEnded { Outcome = RunOutcome.Failed, Reason = wrong.Message });
            throw;
        }
        finally
        {
            await _record!.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <param name="isStandby">Whether another coordinator keeps the run.</param>
    private RunRecord OpenRecord(Job job, bool isStandby)
    {
        var runs = isStandby ? null : request is { StandbyFor.Count: > 0, CheckpointFolder: { } folder } ? request.Runs?.GoingOnFrom(folder) : request.Runs;
        return RunRecord.Open(runs, job, request.CheckpointFolder, time, line => _notes.Add(line, NoteKind.Warning));
    }

    private string? CheckpointFolder => request.CheckpointFolder ?? _record?.Folder?.Checkpoints;

    private CheckpointUse Use => request.StandbyFor.Count > 0 ? CheckpointUse.StandBy : request.Resume ? CheckpointUse.Resume : CheckpointUse.Begin;

    /// <summary>Whether the user has said where or when checkpoints are wanted.</summary>
    private bool AsksForCheckpoints(Job job) => request.CheckpointFolder is not null || request.CheckpointEvery is not null || request.CheckpointInterval is not null || job.Checkpoint is not null;

    /// <returns>How the run ended; or, where a standby has not come to lead it, how that ended.</returns>
    private async Task<(StandbyEnd?, Ending?)> TrainAsync(Job job, RunCheckpoints? checkpoints, RunServers servers, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Distributed.Coordinator");
        log.LogDebug("vectors of {Bits} bits", VectorWidth.Bits);
        var loading = Task.Run(() => job.LoadData(new PrepareOptions { BaseFolder = Environment.CurrentDirectory }));
        await using var cluster = await OpenAsync(logs).ConfigureAwait(false);
        _notes.Add($"coordinator: process {Environment.ProcessId}");
        servers.Announce();
        using var bytes = ByteInstruments.Of(() => cluster.Bytes);
        var setup = job.Prepare(cluster.Lend(await loading.ConfigureAwait(false), job.Fingerprint));
        var loaded = new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
        log.LogDebug("the data is read");
        RunOptions options;
        if (request.StandbyFor.Count > 0)
        {
            var end = await new StandbySession(request, cluster, checkpoints!, loaded, Options, _notes)
                .RunAsync(_end.LeadWith).ConfigureAwait(false);
            if (end.Run is null) return (end, null);
            _notes.Add(end.Reason, NoteKind.Warning);
            _record = OpenRecord(job, isStandby: false);
            options = end.Run with { FirstWorkers = request.Workers.Least }; // the run has begun, and workers may be lost with its coordinator
        }
        else
        {
            // Claimed when all is there that the run needs, and before the newest checkpoint is looked for.
            options = Options(checkpoints?.Claim(cluster.Name) ?? new TermClaim(1, cluster.Name), checkpoints?.Resume(loaded));
        }
        RunResult? result;
        for (var hasBegun = false; ; hasBegun = true)
        {
            result = await LeadAsync(options, cluster, hasBegun ? null : loaded).ConfigureAwait(false);
            if (result is not { End: RunEnd.GoesBack }) break;
            var claim = checkpoints?.Claim(cluster.Name) ?? new TermClaim(options.Term + 1, cluster.Name);
            options = Options(claim, checkpoints?.GoBack(result.GoBackTo, loaded)) with
            {
                Excluded = result.Excluded,
                RateChanges = result.RateChanges,
                FirstWorkers = request.Workers.Least, // it has begun, and there is one worker less
            };
            _notes.Add($"{result.Reason}: going back to step {options.Resume?.Step ?? 0}", NoteKind.Warning);
        }
        await cluster.EndAsync().ConfigureAwait(false);
        var report = Report(result, loaded, cluster);
        _findings = _dry?.Lines(setup, request.Workers.Started, DescribeCommand.Lines(job, setup), cluster.WorkersPeakMemoryBytes, PeakMemory.OfThisProcess()).ToList();
        await _record!.EndAsync(report).ConfigureAwait(false);
        return (null, new Ending(result, report, checkpoints?.Best(setup, result?.Epochs ?? [])));

        RunOptions Options(TermClaim claim, RunSnapshot? from) =>
            new(setup, job.ToYaml(), loaded.JobFingerprint, loaded.DataFingerprint, request.Workers.First)
            {
                MinWorkers = request.Workers.Least,
                MaxWorkers = request.Workers.Most,
                ChunkElements = request.ChunkElements,
                Checkpoints = checkpoints?.Store(loaded),
                CheckpointEvery = request.CheckpointEvery ?? job.Checkpoint?.Every ?? 0,
                CheckpointInterval = request.CheckpointInterval ?? (AsksForCheckpoints(job) ? null : UsualInterval),
                CheckpointSpacing = AsksForCheckpoints(job) ? default : UsualSpacing,
                Term = checked((uint)claim.Term),
                Claimant = claim.Claimant,
                Audit = request.AuditRate is { } rate ? new AuditPlan(rate, setup.Seed) : null,
                Resume = from,
                Ships = request.Ships,
            };
    }

    /// <summary>Runs a coordinator to its end.</summary>
    /// <param name="job">For the workers that the cluster begins with; null: they are there.</param>
    /// <returns>Null: it ended without a result, and why was noted.</returns>
    private async Task<RunResult?> LeadAsync(RunOptions options, ICluster cluster, LoadedJob? job)
    {
        var progress = new RunProgress(options.Setup, options.Resume, _audits, _notes,
            request.Verbose ? line => _notes.Add($"debug: run: {line}", NoteKind.Log) : null);
        Volatile.Write(ref _progress, progress);
        options = options with { Memory = cluster.Memory };
        if (_record!.Recorder is null && _record.Folder is { } kept) _notes.Add($"run: {kept.Path}");
        var recorder = await _record.BeginAsync(options.Setup, job, options.Resume?.Step ?? 0).ConfigureAwait(false);
        options = options with { Probe = recorder.Gradients };
        using var instruments = new RunInstruments(options.Setup, options.Resume, time);
        if (options.Checkpoints is { } store) options = options with { Checkpoints = instruments.Timing(_record.Watching(store)) };
        IRunObserver[] watching = [progress, recorder, _controlled!.Feed, instruments];
        var observer = new Observers(_dry is null ? watching : [.. watching, _dry]);
        var coordinator = cluster.Host.Spawn(ActorName, () => new CoordinatorActor(options, observer), Supervision.Never);
        _end.LeadWith(coordinator);
        cluster.LeadWith(coordinator);
        if (job is not null) cluster.Begin(coordinator, job);
        var stopped = cluster.Host.WhenStopped(coordinator);
        _controlled.Leading = new ControlledRun.Lead(coordinator, stopped, progress, options.Term);
        await Task.WhenAny(progress.Ended, stopped).ConfigureAwait(false);
        if (!progress.Ended.IsCompleted && await stopped.ConfigureAwait(false) is { } fault) _end.Fail(Describe(fault));
        if (!progress.Ended.IsCompleted) return null;
        var result = await progress.Ended.ConfigureAwait(false);
        if (result.End == RunEnd.GoesBack) await stopped.ConfigureAwait(false); // its name is free for the next
        return result;
    }

    private async Task<ICluster> OpenAsync(ILoggerFactory logs) => request switch
    {
        { Place: WorkerPlace.InProcess } => new InProcessCluster(request.Workers.Started, OnWorkerLost, time, logs),
        { Cluster: { } cluster } => await AkkaCluster.OpenAsync(cluster, request, _notes, time, logs).ConfigureAwait(false),
        _ => await TcpCluster.OpenAsync(request, OnWorkerLost, _notes, time, logs, _logs).ConfigureAwait(false),
    };

    private RunReport Report(RunResult? result, LoadedJob job, ICluster cluster)
    {
        var seconds = result?.TrainSeconds ?? 0;
        var epochs = result?.Epochs ?? [];
        var last = epochs.LastOrDefault();
        var finished = result is { End: RunEnd.Done } || (result is { End: RunEnd.Stopped } && _end.Failure is null);
        var reason = finished ? result!.Reason : _end.Failure ?? result?.Reason ?? "the coordinator ended without a result";
        return new RunReport(result?.Fingerprint, result?.Steps ?? 0, result?.Epochs.Count ?? 0, result?.Samples ?? 0, seconds,
            seconds > 0 ? result!.Samples / seconds : 0, Finite(last?.MeanLoss), Finite(last?.TestLoss), last?.TestAccuracy, request.Workers.Started, job.Setup.Shards, job.Setup.Model.Parameters.Count,
            cluster.Bytes.Sent, cluster.Bytes.Received, PeakMemory.OfThisProcess() + cluster.WorkersPeakMemoryBytes,
            [.. epochs.Select(epoch => Finite(epoch.MeanLoss))], [.. epochs.Select(epoch => epoch.TrainAccuracy)],
            [.. epochs.Select(epoch => Finite(epoch.TestLoss))], [.. epochs.Select(epoch => epoch.TestAccuracy)],
            [.. result?.SkippedSteps.Steps ?? []], request.AuditRate is { } rate ? _audits.Report(rate) : null,
            result?.End == RunEnd.Deposed ? "deposed" : !finished ? "failed" : result!.End == RunEnd.Done ? "done" : "stopped", reason)
        { RateChanges = result?.RateChanges.All ?? [] };
    }

    private int Conclude(Ending ending, bool isTermination)
    {
        var (result, report) = (ending.Result, ending.Report);
        if (_findings is not null && report.Result != "failed")
        {
            foreach (var line in _findings) Console.Out.WriteLine(line);
            return ExitCode.Done;
        }
        var goOn = report.Result is "done" or "deposed" || result?.LastCheckpoint is null ? null
            : result.NonFinite == NonFiniteEnd.Weights ? null
            : result.NonFinite == NonFiniteEnd.Step ? "The same job comes to the same step again. It goes on from there without such steps with "
                + $"{HowToResume} --on-nan skip."
            : $"Go on from there with the same command and {HowToResume}.";
        var (output, errors) = request.IsQuiet ? (TextWriter.Null, TextWriter.Null) : (Console.Out, Console.Error);
        foreach (var line in Summary.Lines(report, result?.LastCheckpoint, ending.Best, goOn)) output.WriteLine(line);
        var code = report.Result == "stopped" && isTermination ? ExitCode.Terminated : ExitCode.Done;
        if (report.Result == "failed")
        {
            errors.WriteLine($"The run failed: {report.Reason}");
            code = ExitCode.Failed;
        }
        if (report.Result == "deposed")
        {
            Console.Error.WriteLine($"This coordinator stands down: {report.Reason}.");
            code = ExitCode.Failed;
        }
        if (request.ReportPath is not { } path) return code;
        try
        {
            report.Write(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The report could not be written to {path}: {wrong.Message}");
            code = ExitCode.Failed;
        }
        return code;
    }

    private string HowToResume => request.CheckpointFolder is { } folder ? $"--checkpoints {folder} --resume" : $"--resume {_record!.Folder!.Path}";

    /// <summary>A standby that never led.</summary>
    private static int Conclude(StandbyEnd end)
    {
        switch (end.Outcome)
        {
            case StandbyOutcome.Finished:
                Console.Out.WriteLine($"the run is over: {end.Reason}; this standby was not needed");
                return ExitCode.Done;
            case StandbyOutcome.Stopped:
                Console.Out.WriteLine($"{end.Reason}: this standby ends; the run goes on without it");
                return ExitCode.Done;
            case StandbyOutcome.Refused:
                throw new UserException(end.Reason);
            default:
                Console.Error.WriteLine($"The standby failed: {end.Reason}");
                return ExitCode.Failed;
        }
    }

    private void Stop(string reason)
    {
        if (Volatile.Read(ref _progress) is not null || request.StandbyFor.Count == 0)
            _notes.Add($"{reason}: the run stops after the step in progress", NoteKind.Warning);
        _end.Stop(reason);
    }

    private void OnWorkerLost(LostWorker gone)
    {
        if (request.Workers.Failure(gone, Volatile.Read(ref _progress)?.State.Loss is not null) is { } why) _end.WithoutWorkers(why);
        else _notes.Add($"{gone.Reason}; it is not started again, the run goes on with the others", NoteKind.Warning);
    }

    private static string Describe(Exception fault) => fault is HostException lost ? lost.Message : fault.InnerException is { } inner
        ? $"{fault.Message} ({inner.GetType().Name}: {inner.Message})"
        : $"{fault.GetType().Name}: {fault.Message}";

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static RunEnded ToMessage(StandbyEnd end) => new()
    {
        Outcome = end.Outcome switch
        {
            StandbyOutcome.Finished => RunOutcome.Done,
            StandbyOutcome.Stopped => RunOutcome.Stopped,
            _ => RunOutcome.Failed,
        },
        Reason = end.Reason,
    };

    /// <param name="Best">The best checkpoint, with its epoch.</param>
    private sealed record Ending(RunResult? Result, RunReport Report, string? Best)
    {
        public RunEnded ToMessage() => new()
        {
            Outcome = Report.Result switch
            {
                "done" => RunOutcome.Done,
                "stopped" => RunOutcome.Stopped,
                "deposed" => RunOutcome.Deposed,
                _ => RunOutcome.Failed,
            },
            Reason = Report.Reason,
            Fingerprint = Report.Fingerprint ?? "",
            Step = (ulong)Report.Steps,
            LastCheckpoint = Result?.LastCheckpoint ?? "",
        };
    }
}
