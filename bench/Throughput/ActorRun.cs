using Distributed.Actors;
using Distributed.Coordinator;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Running;
using Distributed.Jobs;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distributed.Throughput;

/// <summary>A run with the coordinator in this process and workers here or in processes of their own, as <c>train</c> starts them.</summary>
internal static class ActorRun
{
    /// <returns>Bytes of peak memory: of this process, and of the worker processes together.</returns>
    public static async Task<long> RunAsync(LoadedJob job, string yaml, WorkerPlace place, int workers, StepWindows windows)
    {
        var request = new TrainRequest("", [], place, WorkerCount.Of(workers), new HostPort("127.0.0.1", 0), null, null, null, false,
            CoordinatorLimits.ChunkElements, 0, false);
        var failed = new TaskCompletionSource<string>();
        await using ICluster cluster = place == WorkerPlace.InProcess
            ? new InProcessCluster(workers, gone => failed.TrySetResult(gone.Cause), TimeProvider.System, NullLoggerFactory.Instance)
            : await TcpCluster.OpenAsync(request, gone => failed.TrySetResult(gone.Cause), new Notes(), TimeProvider.System,
                NullLoggerFactory.Instance).ConfigureAwait(false);
        var watch = new Watch(windows);
        var options = new RunOptions(job.Setup, yaml, job.JobFingerprint, job.DataFingerprint, workers) { Memory = cluster.Memory };
        var coordinator = cluster.Host.Spawn(TrainSession.ActorName, () => new CoordinatorActor(options, watch), Supervision.Never);
        watch.Coordinator = coordinator;
        cluster.Begin(coordinator, job);
        var stopped = cluster.Host.WhenStopped(coordinator);
        await Task.WhenAny(watch.Ended, stopped, failed.Task).ConfigureAwait(false);
        if (!watch.Ended.IsCompleted) // it tells of its end before it stops
            throw new InvalidOperationException(failed.Task.IsCompleted
                ? await failed.Task.ConfigureAwait(false)
                : $"the coordinator ended: {await stopped.ConfigureAwait(false)}");
        await cluster.EndAsync().ConfigureAwait(false);
        return PeakMemory.OfThisProcess() + cluster.WorkersPeakMemoryBytes;
    }

    private sealed class Watch(StepWindows windows) : IRunObserver
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile ActorRef? _coordinator;
        private bool _stopping;

        public ActorRef Coordinator
        {
            set => _coordinator = value;
        }

        public Task Ended => _ended.Task;

        public void On(RunEvent happened)
        {
            switch (happened)
            {
                case RunEvent.StepCommitted step:
                    windows.Commit(step);
                    if (_stopping || !windows.IsDone || _coordinator is not { } coordinator) return;
                    _stopping = true;
                    coordinator.Tell(new StopRun("measured"));
                    return;
                case RunEvent.Ended:
                    _ended.TrySetResult();
                    return;
            }
        }
    }
}
