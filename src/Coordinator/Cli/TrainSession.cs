using Distributed.Actors;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Control;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Coordinator.Standby;
using Distributed.Engine.Checkpoints;
using Distributed.Jobs;
using Distributed.Protocol.Control;
using Distributed.Worker;
using Distributed.Worker.Cli;
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

    private readonly Notes _notes = new();
    private ControlledRun? _controlled;
    private readonly AuditTally _audits = new();
    private readonly Lock _lock = new();
    private RunProgress? _progress;
    private ActorRef? _coordinator;
    private string? _stop;
    private string? _failure;

    /// <exception cref="UserException">The user's input is wrong.</exception>
    public async Task<int> RunAsync()
    {
        var job = JobFile.ReadResolved(request.JobPath, request.Overrides);
        if (request.ReportPath is { } path) RunReport.CheckWritable(path);
        var checkpoints = request.CheckpointFolder is { } folder ? RunCheckpoints.Open(folder, job, Use, request.Keep, _notes) : null;
        using var signals = new StopSignals(Stop);
        using var logs = LineLog.Factory(request.Verbose, line => _notes.Add(line, NoteKind.Log), "coordinator");
        var showing = IDisplay.For(_notes, () => Volatile.Read(ref _progress), time).ShowAsync();
        (StandbyEnd? standby, Ending? ending) = (null, null);
        try
        {
            await using var control = await ServeControlAsync(job, logs).ConfigureAwait(false);
            try
            {
                (standby, ending) = await TrainAsync(job, checkpoints, logs).ConfigureAwait(false);
                _controlled?.Feed.EndWith(ending is not null ? ending.ToMessage() : ToMessage(standby!));
            }
            catch (Exception wrong)
            {
                _controlled?.Feed.EndWith(new RunEnded { Outcome = RunOutcome.Failed, Reason = wrong.Message });
                throw;
            }
        }
        finally
        {
            _notes.Complete();
            await showing.ConfigureAwait(false);
        }
        return ending is not null ? Conclude(ending, signals.IsTermination) : Conclude(standby!);
    }

    /// <returns>Null: nobody is to control the run.</returns>
    private async Task<ControlServer?> ServeControlAsync(Job job, ILoggerFactory logs)
    {
        if (request.Control is not { } place) return null;
        _controlled = new ControlledRun(job, request.StandbyFor.Count > 0, Stop);
        var server = await ControlServer.StartAsync(place, request.Security, new ControlService(_controlled, time).AddTo, logs, time).ConfigureAwait(false);
        _notes.Add($"control: {server.Address}");
        return server;
    }

    private CheckpointUse Use => request.StandbyFor.Count > 0 ? CheckpointUse.StandBy : request.Resume ? CheckpointUse.Resume : CheckpointUse.Begin;

    /// <returns>How the run ended; or, where a standby has not come to lead it, how that ended.</returns>
    private async Task<(StandbyEnd?, Ending?)> TrainAsync(Job job, RunCheckpoints? checkpoints, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Distributed.Coordinator");
        log.LogDebug("vectors of {Bits} bits", VectorWidth.Bits);
        var loading = Task.Run(() => job.LoadData(new PrepareOptions { BaseFolder = Environment.CurrentDirectory }));
        await using var cluster = await OpenAsync(logs).ConfigureAwait(false);
        _notes.Add($"coordinator: process {Environment.ProcessId}");
        var setup = job.Prepare(cluster.Lend(await loading.ConfigureAwait(false), job.Fingerprint));
        var loaded = new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint());
        log.LogDebug("the data is read");
        RunOptions options;
        if (request.StandbyFor.Count > 0)
        {
            var end = await new StandbySession(request, cluster, checkpoints!, loaded, Options, _notes)
                .RunAsync(Coordinate).ConfigureAwait(false);
            if (end.Run is null) return (end, null);
            _notes.Add(end.Reason, NoteKind.Warning);
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
        return (null, new Ending(result, Report(result, loaded, cluster), checkpoints?.Best(setup, result?.Epochs ?? [])));

        RunOptions Options(TermClaim claim, RunSnapshot? from) =>
            new(setup, job.ToYaml(), loaded.JobFingerprint, loaded.DataFingerprint, request.Workers.First)
            {
                MinWorkers = request.Workers.Least,
                MaxWorkers = request.Workers.Most,
                ChunkElements = request.ChunkElements,
                Checkpoints = checkpoints?.Store(loaded),
                CheckpointEvery = request.CheckpointEvery ?? job.Checkpoint?.Every ?? 0,
                CheckpointInterval = request.CheckpointInterval,
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
        IRunObserver observer = _controlled is { } control ? new Observers(progress, control.Feed) : progress;
        var coordinator = cluster.Host.Spawn(ActorName, () => new CoordinatorActor(options, observer), Supervision.Never);
        Coordinate(coordinator);
        cluster.LeadWith(coordinator);
        if (job is not null) cluster.Begin(coordinator, job);
        var stopped = cluster.Host.WhenStopped(coordinator);
        if (_controlled is not null) _controlled.Leading = new ControlledRun.Lead(coordinator, stopped, progress, options.Term);
        await Task.WhenAny(progress.Ended, stopped).ConfigureAwait(false);
        if (!progress.Ended.IsCompleted && await stopped.ConfigureAwait(false) is { } fault) Fail(Describe(fault));
        if (!progress.Ended.IsCompleted) return null;
        var result = await progress.Ended.ConfigureAwait(false);
        if (result.End == RunEnd.GoesBack) await stopped.ConfigureAwait(false); // its name is free for the next
        return result;
    }

    private async Task<ICluster> OpenAsync(ILoggerFactory logs) => request switch
    {
        { Place: WorkerPlace.InProcess } => new InProcessCluster(request.Workers.Started, OnWorkerGaveUp, time, logs),
        { Cluster: { } cluster } => await AkkaCluster.OpenAsync(cluster, request, _notes, time, logs).ConfigureAwait(false),
        _ => await TcpCluster.OpenAsync(request, OnWorkerGaveUp, _notes, time, logs).ConfigureAwait(false),
    };

    private RunReport Report(RunResult? result, LoadedJob job, ICluster cluster)
    {
        var seconds = result?.TrainSeconds ?? 0;
        var epochs = result?.Epochs ?? [];
        var last = epochs.LastOrDefault();
        var finished = result is { End: RunEnd.Done } || (result is { End: RunEnd.Stopped } && _failure is null);
        var reason = finished ? result!.Reason : _failure ?? result?.Reason ?? "the coordinator ended without a result";
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
        var goOn = report.Result is "done" or "deposed" || result?.LastCheckpoint is null ? null
            : result.NonFinite == NonFiniteEnd.Weights ? null
            : result.NonFinite == NonFiniteEnd.Step ? "The same job comes to the same step again. It goes on from there without such steps with "
                + $"--checkpoints {request.CheckpointFolder} --resume --on-nan skip."
            : $"Go on from there with the same command and --checkpoints {request.CheckpointFolder} --resume.";
        foreach (var line in Summary.Lines(report, result?.LastCheckpoint, ending.Best, goOn)) Console.Out.WriteLine(line);
        var code = report.Result == "stopped" && isTermination ? ExitCode.Terminated : ExitCode.Done;
        if (report.Result == "failed")
        {
            Console.Error.WriteLine($"The run failed: {report.Reason}");
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

    /// <summary>Now there is someone to tell of a stop, or of one that was asked for before.</summary>
    private void Coordinate(ActorRef coordinator)
    {
        string? stop;
        lock (_lock) (_coordinator, stop) = (coordinator, _stop);
        if (stop is not null) coordinator.Tell(new StopRun(stop));
    }

    private void Stop(string reason)
    {
        ActorRef? coordinator;
        lock (_lock) (coordinator, _stop) = (_coordinator, _stop ?? reason);
        if (Volatile.Read(ref _progress) is not null || request.StandbyFor.Count == 0)
            _notes.Add($"{reason}: the run stops after the step in progress", NoteKind.Warning);
        coordinator?.Tell(new StopRun(reason));
    }

    private void Fail(string reason)
    {
        ActorRef? coordinator;
        lock (_lock) (coordinator, _stop, _failure) = (_coordinator, _stop ?? reason, _failure ?? reason);
        coordinator?.Tell(new StopRun(reason));
    }

    private void OnWorkerGaveUp(int left, string reason)
    {
        var begun = Volatile.Read(ref _progress)?.State.Loss is not null;
        var (first, least) = (request.Workers.First, request.Workers.Least);
        var isMeant = request.Workers.Started > first; // MIN:MAX: more than the first are started, and may be lost before it begins
        if (left >= least && (begun || (isMeant && left >= first)))
            _notes.Add($"{reason}; it is not started again, the run goes on with the others", NoteKind.Warning);
        else if (left == 0) Fail($"{reason}. No worker is left");
        else Fail(begun ? $"{reason}. {least} workers are wanted at least, {left} are left" : $"{reason}. Not all workers could begin");
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

    private sealed class Observers(params IRunObserver[] all) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            foreach (var one in all) one.On(happened);
        }

        public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
        {
            foreach (var one in all) one.OnStep(step, epoch, batch, loss, trainSeconds, samples);
        }
    }
}
