using System.CommandLine;
using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Embedding;

/// <summary>Trains a setup that is written in C#, over worker processes of the same program.</summary>
/// <remarks>
/// A setup is code, and code does not travel: the program is started again for each worker, and each process builds the setup for itself. So the
/// first line of a program asks whether it is a worker, and both sides name the same function:
/// <code>
/// if (Trainer.IsWorker) return await Trainer.WorkAsync(Setup);
/// var result = await Trainer.RunAsync(Setup);
/// </code>
/// What the processes have built is compared, data and initial weights to the bit, before anything is computed. The answer is that of
/// <see cref="LocalTrainer"/>, for any number of workers.
/// </remarks>
public static class Trainer
{
    /// <summary>The first argument of a worker.</summary>
    internal const string WorkerArgument = "--distributed-worker";

    /// <summary>Whether this process was started as a worker by <see cref="RunAsync"/>.</summary>
    public static bool IsWorker => Environment.GetCommandLineArgs() is [_, WorkerArgument, ..];

    /// <summary>Computes for the process that has started this one, until its run ends.</summary>
    /// <param name="setup">What the coordinator's process trains.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="InvalidOperationException">This process is no worker.</exception>
    public static Task<int> WorkAsync(Func<TrainingSetup> setup)
    {
        if (!IsWorker) throw new InvalidOperationException($"Trainer.WorkAsync is for processes that Trainer.RunAsync has started, with {WorkerArgument} first");
        var command = WorkerCommand.Create(new RootCommand("Computes for the process that has started it."), TimeProvider.System, new SetupLoader(setup));
        return CommandRunner.RunAsync((RootCommand)command, Environment.GetCommandLineArgs()[2..]);
    }

    /// <summary>Trains a setup to its end.</summary>
    /// <param name="setup">Called once here, and once in each worker's process.</param>
    /// <param name="stop">Ends the run after the step in progress; its result has <see cref="Scheduling.RunEnd.Stopped"/>.</param>
    /// <exception cref="TrainingFailedException">The run ended before it was done: numbers were not finite, or no worker is left.</exception>
    /// <exception cref="HostException">Workers cannot be started.</exception>
    /// <exception cref="InvalidOperationException">This process is a worker.</exception>
    public static async Task<RunResult> RunAsync(Func<TrainingSetup> setup, TrainerOptions? options = null, CancellationToken stop = default)
    {
        if (IsWorker) throw new InvalidOperationException("this process was started as a worker: ask Trainer.IsWorker first, and call Trainer.WorkAsync there");
        var (job, text) = SetupText.Load(setup());
        return await new EmbeddedRun(options ?? new TrainerOptions(), TimeProvider.System).RunAsync(job, text, stop).ConfigureAwait(false);
    }
}
