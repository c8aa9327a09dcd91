using System.CommandLine;
using Distributed.Engine.Checkpoints;
using Distributed.Protocol;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary>The options that <c>train</c> and <c>coordinator</c> share.</summary>
internal sealed class RunOptionsSet
{
    private readonly Argument<string> _job = new("JOB.yaml") { Description = "The job file." };

    private readonly Option<string[]> _set = Set();

    private readonly Option<WorkerCount?> _workers = CliOptions.Read("--workers", "N|MIN:MAX",
        "N: workers to begin with; more may join later, and any may be lost. MIN:MAX: begin with MIN, wait whenever there are "
        + "fewer, and take MAX at most.", WorkerCount.Parse);

    private readonly Option<string?> _report = new("--report") { HelpName = "FILE", Description = "Write the run's numbers there as JSON." };

    private readonly Option<string?> _checkpoints = new("--checkpoints")
    {
        HelpName = "DIR",
        Description = "Write a checkpoint there at each epoch's end and when the run is stopped.",
    };

    private readonly Option<int?> _every = CliOptions.Integer("--checkpoint-every", "STEPS",
        "One more checkpoint after so many steps, over the job's own setting.", 1, int.MaxValue);

    private readonly Option<int?> _seconds = CliOptions.Integer("--checkpoint-seconds", "SECONDS",
        "One more checkpoint when the last one is so old.", 1, 366 * 24 * 3600);

    private readonly Option<int?> _keep = CliOptions.Integer("--keep", "K",
        $"Checkpoints that are kept, the best one not counted ({CheckpointFolder.DefaultKeep}).", 1, 1_000_000);

    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the latest checkpoint in --checkpoints." };

    private readonly Option<bool> _resumeIfAny = new("--resume-if-any")
    {
        Description = "Go on from the latest checkpoint in --checkpoints, or begin where there is none yet: one command for the first start "
            + "and every restart.",
    };

    private readonly Option<int?> _chunk = CliOptions.Integer("--chunk", "ELEMENTS",
        $"float32 elements of a chunk ({CoordinatorLimits.ChunkElements}); changes the speed, not the answer.", 1, FrameLimits.MaxChunkElements);

    private readonly Option<string?> _onNan = CliOptions.Word("--on-nan", "stop|skip",
        "What becomes of a step with NaN or infinity in its loss or gradient, as --set on_nan=WORD: the run stops and names the cause "
        + "(stop), or the step changes nothing (skip).", "stop", "skip");

    private readonly Option<double?> _audit = CliOptions.Share("--audit", "RATE",
        "This share of the shards is computed by two workers, whose bits must agree; a worker that computes wrongly is named and excluded. "
        + "1 finds every fault before it counts and doubles the work.");

    private readonly Option<HostPort?> _control = CliOptions.Read("--control", "HOST:PORT",
        "Serve the control of the run there, by gRPC: status, watch, stop, checkpoint, set-rate. The port 0 is any free one. An address that other machines "
        + "can reach is wanted with certificates.", text => HostPort.Parse(text, "--control", 0));

    private readonly Option<string?> _ship = CliOptions.Word("--ship", "auto|never",
        "auto: a worker that lacks the data is sent the samples of its shards, and keeps them on its disk; never: it is told what is missing. Changes the "
        + "speed, not the answer.", "auto", "never");

    private readonly Option<bool> _noSharedMemory = CliOptions.NoSharedMemory();

    private readonly Option<bool> _verbose = CliOptions.Verbose();

    public static Option<string[]> Set() => new("--set")
    {
        HelpName = "key=value",
        Description = "Override a value of the job: --set epochs=3 --set optimizer.rate=0.1.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_job);
        Option[] all = [_set, _workers, _report, _checkpoints, _every, _seconds, _keep, _resume, _resumeIfAny, _onNan, _audit, _chunk, _control, _ship, _noSharedMemory,
            _verbose];
        foreach (var option in all) command.Options.Add(option);
    }

    /// <exception cref="UserException">Options that do not go together.</exception>
    public TrainRequest Read(ParseResult parsed, WorkerPlace place, int defaultWorkers, HostPort listen, int restarts)
    {
        var (folder, every, resume) = (parsed.GetValue(_checkpoints), parsed.GetValue(_every), parsed.GetValue(_resume));
        var ifAny = parsed.GetValue(_resumeIfAny);
        if ((resume || ifAny) && folder is null)
            throw new UserException($"{(resume ? "--resume" : "--resume-if-any")} goes on from a checkpoint: say where they are with --checkpoints DIR");
        if (folder is null)
            foreach (var (name, isGiven) in (ReadOnlySpan<(string, bool)>)[("--checkpoint-every", every is not null),
                ("--checkpoint-seconds", parsed.GetValue(_seconds) is not null), ("--keep", parsed.GetValue(_keep) is not null)])
                if (isGiven) throw new UserException($"{name} is about checkpoints: say where to write them with --checkpoints DIR");
        if (ifAny) resume |= new CheckpointFolder(folder!).Latest().Checkpoint is not null;
        string[] overrides = [.. parsed.GetValue(_set)!, .. parsed.GetValue(_onNan) is { } word ? [$"on_nan={word}"] : Array.Empty<string>()];
        return new TrainRequest(parsed.GetValue(_job)!, overrides, place,
            parsed.GetValue(_workers) ?? WorkerCount.Of(defaultWorkers), listen,
            parsed.GetValue(_report), folder, every, resume, parsed.GetValue(_chunk) ?? CoordinatorLimits.ChunkElements, restarts,
            parsed.GetValue(_verbose))
        {
            CheckpointInterval = parsed.GetValue(_seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Control = parsed.GetValue(_control),
            AuditRate = parsed.GetValue(_audit),
            Ships = parsed.GetValue(_ship) != "never",
            SharesMemory = !parsed.GetValue(_noSharedMemory),
            Keep = parsed.GetValue(_keep) ?? CheckpointFolder.DefaultKeep,
        };
    }

}
