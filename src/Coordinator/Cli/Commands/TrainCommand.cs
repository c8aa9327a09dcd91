using System.CommandLine;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>train JOB.yaml</c>: trains on this machine.</summary>
internal static class TrainCommand
{
    /// <summary>Workers are on this machine: nobody else can connect.</summary>
    private static readonly HostPort Loopback = new("127.0.0.1", 0);

    public static Command Create(TimeProvider time)
    {
        var command = new Command("train", "Train a job on this machine, with a worker process for each core.");
        var run = new RunOptionsSet("one for each core");
        run.AddTo(command);
        var inProcess = new Option<bool>("--in-process") { Description = "Run the workers as actors of this process." };
        var restarts = CliOptions.Integer("--restarts", "N",
            $"Times a worker process that dies is started anew ({ProcessLimits.Restarts}).", 0, 1_000_000);
        var dry = new Option<bool>("--dry-run") { Description = "Train a few steps only, keep nothing, and tell what the run would cost: model, memory, traffic, time." };
        command.Options.Add(inProcess);
        command.Options.Add(dry);
        command.Options.Add(restarts);
        var security = new SecurityOptionsSet();
        security.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var request = run.Read(parsed, parsed.GetValue(inProcess) ? WorkerPlace.InProcess : WorkerPlace.LocalProcesses, Environment.ProcessorCount,
                Loopback, parsed.GetValue(restarts) ?? ProcessLimits.Restarts) with
            { Security = security.Read(parsed) };
            if (request.Control is null && security.IsGiven(parsed))
                throw new UserException("a secret and certificates are for who controls the run: say where with --control HOST:PORT");
            if (parsed.GetValue(dry))
                request = request with { IsDry = true, Runs = null, CheckpointFolder = null, Dashboard = null, ReportPath = null, Resume = false };
            return new TrainSession(request, time).RunAsync();
        });
        return command;
    }

    /// <summary>What the program does without arguments: the spiral that lies beside it, on two worker processes.</summary>
    public static Task<int> RunExample(TimeProvider time) => new TrainSession(
        new TrainRequest(Path.Combine(AppContext.BaseDirectory, "examples", "spiral.yaml"), [], WorkerPlace.LocalProcesses, WorkerCount.Of(2), Loopback,
            null, null, null, false, CoordinatorLimits.ChunkElements, ProcessLimits.Restarts, false)
        { Runs = new RunsRequest(RunFolder.DefaultParent, null), Dashboard = Loopback }, time).RunAsync();
}
