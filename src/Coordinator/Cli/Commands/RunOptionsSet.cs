using System.CommandLine;
using Distributed.Coordinator.Runs;
using Distributed.Engine.Checkpoints;
using Distributed.Protocol;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary>The options that <c>train</c> and <c>coordinator</c> share.</summary>
internal sealed class RunOptionsSet
{
    private readonly Argument<string?> _job = new("JOB.yaml");

    private readonly Option<string[]> _set = Set();

    private readonly Option<WorkerCount?> _workers;

    private readonly Option<string?> _report = new("--report") { HelpName = "FILE", Description = "Write the run's numbers there as JSON." };

    private readonly Option<string?> _checkpoints = new("--checkpoints")
    {
        HelpName = "DIR",
        Description = "Write checkpoints there, at each epoch's end and when the run is stopped, instead of in the run's folder.",
    };

    private readonly Option<int?> _every = CliOptions.Integer("--checkpoint-every", "STEPS",
        "One more checkpoint after so many steps, over the job's own setting.", 1, int.MaxValue);

    private readonly Option<int?> _seconds = CliOptions.Integer("--checkpoint-seconds", "SECONDS",
        "One more checkpoint when the last one is so old (60, where nothing else is said of checkpoints).", 1, 366 * 24 * 3600);

    private readonly Option<int?> _keep = CliOptions.Integer("--keep", "K",
        $"Checkpoints that are kept, the best one not counted ({CheckpointFolder.DefaultKeep}).", 1, 1_000_000);

    private readonly Option<string?> _resume = new("--resume")
    {
        HelpName = "RUN",
        Description = "Go on with a run, named by its folder or by its name in --runs; or, without a name, from the latest checkpoint in --checkpoints.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _runs = new("--runs")
    {
        HelpName = "DIR",
        Description = $"Where each run has a folder of its own, with job, metrics, events, checkpoints, TensorBoard's files and report ({RunFolder.DefaultParent}; {RunFolder.ParentVariable} in the environment).",
    };

    private readonly Option<string?> _runName = new("--run-name") { HelpName = "NAME" };

    private readonly Option<bool> _noRunFolder = new("--no-run-folder") { Description = "Keep nothing of the run but what other options ask for." };

    private readonly Option<HostPort?> _dashboard = CliOptions.Read("--dashboard", "HOST:PORT",
        "Where a page shows the run (127.0.0.1, any free port). An address that other machines can reach is wanted with a secret.",
        text => HostPort.Parse(text, "--dashboard", 0));

    private readonly Option<bool> _noDashboard = new("--no-dashboard") { Description = "Serve no page." };

    private readonly Option<bool> _resumeIfAny = new("--resume-if-any")
    {
        Description = "Go on from the latest checkpoint in --checkpoints or of the run --run-name, or begin where there is none yet: one command for the first "
            + "start and every restart.",
    };

    private readonly Option<int?> _chunk = CliOptions.Integer("--chunk", "ELEMENTS",
        $"float32 elements of a chunk ({CoordinatorLimits.ChunkElements}); changes the speed, not the answer.", 1, FrameLimits.MaxChunkElements);

    private readonly Option<string?> _onNan = CliOptions.Word("--on-nan", "stop|skip",
        "What becomes of a step with NaN or infinity in its loss or gradient, as --set on_nan=WORD: the run stops and names the cause "
        + "(stop), or the step changes nothing (skip). Where neither is said, by stop.", "stop", "skip");

    private readonly Option<double?> _audit = CliOptions.Share("--audit", "RATE",
        "This share of the shards is computed by two workers, whose bits must agree; a worker that computes wrongly is named and excluded. "
        + "1 finds every fault before it counts and doubles the work (0).");

    private readonly Option<HostPort?> _control = CliOptions.Read("--control", "HOST:PORT",
        "Serve the control of the run there, by gRPC: status, watch, stop, checkpoint, set-rate. The port 0 is any free one. An address that other machines "
        + "can reach is wanted with certificates.", text => HostPort.Parse(text, "--control", 0));

    private readonly Option<string?> _ship = CliOptions.Word("--ship", "auto|never",
        "auto: a worker that lacks the data is sent the samples of its shards, and keeps them on its disk; never: it is told what is missing (auto). Changes the "
        + "speed, not the answer.", "auto", "never");

    private readonly Option<bool> _noSharedMemory = CliOptions.NoSharedMemory();

    private readonly Option<string?> _logLevel = CliOptions.LogLevel("What the logs in the run's folder hold, of this level and worse (information)");

    private readonly Option<bool> _verbose = CliOptions.Verbose();

    private readonly bool _isOfMany;

    /// <param name="workers">How many there are where the user does not say.</param>
    /// <param name="isOfMany">Whether the command makes many runs, so that what is about one is not for it.</param>
    public RunOptionsSet(string workers, bool isOfMany = false)
    {
        _isOfMany = isOfMany;
        _workers = CliOptions.Read("--workers", "N|MIN:MAX", $"N: workers to begin with ({workers}); more may join later, and any may be lost. MIN:MAX: begin with "
            + "MIN, wait whenever there are fewer, and take MAX at most.", WorkerCount.Parse);
        _job.Description = isOfMany ? "The job file." : "The job file; with --resume RUN that of the run.";
        _job.Arity = isOfMany ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne;
        _runName.Description = isOfMany ? "What the names of the runs begin with, a number behind it (the job's with the time)." : "The run's name (the job's with the time).";
        foreach (var option in OfOneRun) option.Hidden = isOfMany;
        _noDashboard.Hidden = isOfMany; // there is none anyway
    }

    private Option[] OfOneRun => [_report, _checkpoints, _resume, _resumeIfAny, _noRunFolder, _control, _dashboard];

    /// <exception cref="UserException">An option is given that is about one run.</exception>
    public void CheckOfMany(ParseResult parsed)
    {
        if (_isOfMany && OfOneRun.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new UserException($"{given.Name} is about one run: leave it out, each run of many has a folder of its own");
    }

    public static Option<string[]> Set() => new("--set")
    {
        HelpName = "key=value",
        Description = "Override a value of the job: --set epochs=3 --set optimizer.rate=0.1.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_job);
        Option[] all = [_set, _workers, _report, _checkpoints, _every, _seconds, _keep, _resume, _resumeIfAny, _runs, _runName, _noRunFolder, _onNan, _audit,
            _chunk, _control, _dashboard, _noDashboard, _ship, _noSharedMemory, _logLevel,
            _verbose];
        foreach (var option in all) command.Options.Add(option);
    }

    /// <exception cref="UserException">Options that do not go together.</exception>
    public TrainRequest Read(ParseResult parsed, WorkerPlace place, int defaultWorkers, HostPort listen, int restarts)
    {
        var (folder, every, resume) = (parsed.GetValue(_checkpoints), parsed.GetValue(_every), parsed.GetResult(_resume) is { Implicit: false });
        var (ifAny, named, job) = (parsed.GetValue(_resumeIfAny), parsed.GetValue(_resume), parsed.GetValue(_job));
        if (job is null && named is not null && File.Exists(named)) (job, named) = (named, null); // --resume JOB.yaml: the word after it is not its own
        var runs = Runs(parsed, named, folder, ifAny);
        job ??= runs?.Existing?.JobFile ?? throw new UserException("no job is given: wanted JOB.yaml, or --resume RUN");
        folder ??= runs?.Existing is { } existing && RunInfo.Read(existing) is { Checkpoints: not null } kept ? kept.CheckpointsOf(existing) : null;
        var where = folder ?? runs?.Existing?.Checkpoints;
        if ((resume || ifAny) && where is null && runs?.Name is null)
            throw new UserException($"{(resume ? "--resume" : "--resume-if-any")} goes on from a checkpoint: say "
                + (resume ? "of which run with --resume RUN, or where they are with --checkpoints DIR" : "where they are with --checkpoints DIR, or which run it is with --run-name NAME"));
        if (folder is null && runs is null)
            foreach (var (name, isGiven) in (ReadOnlySpan<(string, bool)>)[("--checkpoint-every", every is not null),
                ("--checkpoint-seconds", parsed.GetValue(_seconds) is not null), ("--keep", parsed.GetValue(_keep) is not null)])
                if (isGiven) throw new UserException($"{name} is about checkpoints: say where to write them with --checkpoints DIR");
        if (ifAny) resume |= where is not null && new CheckpointFolder(where).Latest().Checkpoint is not null;
        string[] overrides = [.. parsed.GetValue(_set)!, .. parsed.GetValue(_onNan) is { } word ? [$"on_nan={word}"] : Array.Empty<string>()];
        return new TrainRequest(job, overrides, place,
            parsed.GetValue(_workers) ?? WorkerCount.Of(defaultWorkers), listen,
            parsed.GetValue(_report), folder, every, resume, parsed.GetValue(_chunk) ?? CoordinatorLimits.ChunkElements, restarts,
            parsed.GetValue(_verbose))
        {
            CheckpointInterval = parsed.GetValue(_seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Runs = runs,
            LogLevel = CliOptions.LevelOf(parsed.GetValue(_logLevel) ?? "information"),
            Dashboard = Dashboard(parsed),
            Control = parsed.GetValue(_control),
            AuditRate = parsed.GetValue(_audit),
            Ships = parsed.GetValue(_ship) != "never",
            SharesMemory = !parsed.GetValue(_noSharedMemory),
            Keep = parsed.GetValue(_keep) ?? CheckpointFolder.DefaultKeep,
        };
    }

    /// <returns>Null: the run is kept nowhere.</returns>
    private RunsRequest? Runs(ParseResult parsed, string? resumed, string? checkpoints, bool ifAny)
    {
        var (parent, name) = (parsed.GetValue(_runs), parsed.GetValue(_runName));
        if (parsed.GetValue(_noRunFolder))
            return parent is null && name is null && resumed is null ? null
                : throw new UserException("--no-run-folder does not go with --runs, --run-name or --resume RUN, which are about the run's folder");
        var request = new RunsRequest(parent ?? RunFolder.DefaultParent, name);
        if (resumed is not null)
        {
            var found = RunFolder.Find(request.Parent, resumed);
            return name is null || name == found.Name ? request with { Existing = found }
                : throw new UserException($"--resume {resumed} goes on in that run's folder: leave --run-name {name} out");
        }
        if (ifAny && name is not null && RunFolder.TryFind(request.Parent, name) is { } there) return request with { Existing = there };
        var isResumed = parsed.GetResult(_resume) is { Implicit: false } || ifAny;
        return isResumed && checkpoints is not null ? request.GoingOnFrom(checkpoints) : request;
    }

    private HostPort? Dashboard(ParseResult parsed)
    {
        var (place, isNone) = (parsed.GetValue(_dashboard), parsed.GetValue(_noDashboard));
        if (isNone && place is not null) throw new UserException("--dashboard and --no-dashboard do not go together");
        return isNone ? null : place ?? new HostPort("127.0.0.1", 0);
    }
}
