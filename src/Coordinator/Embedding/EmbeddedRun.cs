using Distributed.Actors;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Scheduling;
using Distributed.Coordinator.Telemetry;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Distributed.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Embedding;

/// <summary>A run inside a program: as <see cref="TrainSession"/>, with nothing printed and nothing on the disk.</summary>
internal sealed class EmbeddedRun(TrainerOptions options, TimeProvider time) : IRunObserver
{
    private readonly ILogger _log = options.Logs.CreateLogger("Distributed.Coordinator");
    private readonly TaskCompletionSource<RunResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EarlyEnd _end = new();
    private bool _hasBegun;

    /// <exception cref="TrainingFailedException">The run ended before it was done.</exception>
    public async Task<RunResult> RunAsync(LoadedJob job, string text, CancellationToken stop)
    {
        using var stopping = stop.Register(() => _end.Stop("the run was asked to stop"));
        var notes = new Notes();
        var showing = LogAsync(notes);
        try
        {
            await using var cluster = await OpenAsync(notes).ConfigureAwait(false);
            var run = new RunOptions(job.Setup, text, job.JobFingerprint, job.DataFingerprint, options.Workers)
            {
                Claimant = cluster.Name,
                Memory = cluster.Memory,
            };
            using var bytes = ByteInstruments.Of(() => cluster.Bytes);
            using var instruments = new RunInstruments(job.Setup, null, time);
            var observer = options.Observer is { } other ? new Observers(instruments, other, this) : new Observers(instruments, this);
            var coordinator = cluster.Host.Spawn(TrainSession.ActorName, () => new CoordinatorActor(run, observer), Supervision.Never);
            _end.LeadWith(coordinator);
            cluster.Begin(coordinator, job);
            var stopped = cluster.Host.WhenStopped(coordinator);
            await Task.WhenAny(_ended.Task, stopped).ConfigureAwait(false);
            if (!_ended.Task.IsCompleted)
            {
                var fault = await stopped.ConfigureAwait(false);
                throw new TrainingFailedException(fault?.Message ?? _end.Failure ?? "the coordinator ended without a result", null, fault);
            }
            var result = await _ended.Task.ConfigureAwait(false);
            await cluster.EndAsync().ConfigureAwait(false);
            if (_end.Failure is { } failure && result.End != RunEnd.Done) throw new TrainingFailedException(failure, result);
            return result.End is RunEnd.Done or RunEnd.Stopped ? result : throw new TrainingFailedException(result.Reason, result);
        }
        finally
        {
            notes.Complete();
            await showing.ConfigureAwait(false);
        }
    }

    public void On(RunEvent happened)
    {
        if (happened is RunEvent.Ended ended) _ended.TrySetResult(ended.Result);
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples) => Volatile.Write(ref _hasBegun, true);

    private async Task<ICluster> OpenAsync(Notes notes)
    {
        if (options.InProcess) return new InProcessCluster(options.Workers, OnWorkerLost, time, options.Logs);
        var request = new TrainRequest("", [], WorkerPlace.LocalProcesses, WorkerCount.Of(options.Workers), new HostPort("127.0.0.1", 0),
            null, null, null, false, CoordinatorLimits.ChunkElements, ProcessLimits.Restarts, false)
        {
            WorkerProgram = () =>
            {
                var start = DotnetHost.StartThisProgram();
                start.ArgumentList.Add(Trainer.WorkerArgument);
                return start;
            },
        };
        return await TcpCluster.OpenAsync(request, OnWorkerLost, notes, time, options.Logs).ConfigureAwait(false);
    }

    private void OnWorkerLost(LostWorker gone)
    {
        if (WorkerCount.Of(options.Workers).Failure(gone, Volatile.Read(ref _hasBegun)) is { } why) _end.WithoutWorkers(why);
        else _log.LogWarning("{Reason}; it is not started again, the run goes on with the others", gone.Reason);
    }

    private async Task LogAsync(Notes notes)
    {
        while (await notes.WaitAsync().ConfigureAwait(false))
            while (notes.TryTake(out var note))
                _log.Log(note.Kind is NoteKind.Warning or NoteKind.Log ? LogLevel.Warning : LogLevel.Information, "{Line}", note.Line);
    }
}
