using Distributed.Actors;
using Distributed.Coordinator.Cli.Processes;
using Distributed.Engine.Data;
using Distributed.Protocol;
using Distributed.Worker;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli.Clusters;

/// <summary>Coordinator and workers as actors of one process. The workers share the model and the data that the coordinator has loaded.</summary>
/// <param name="lost">Told of each worker that ended before the run.</param>
internal sealed class InProcessCluster(int workers, Action<LostWorker> lost, TimeProvider time, ILoggerFactory logs) : ICluster
{
    private readonly InProcessHost _host = new(logs, time);
    private readonly long _started = time.GetTimestamp();
    private readonly WorkerEnds _ends = new(workers, lost, time);

    public IActorHost Host => _host;

    public IVectorMemory Memory => OwnMemory.Instance;

    public string Name { get; } = new TcpHostOptions().Name;

    public (long Sent, long Received) Bytes => (0, 0);

    public long WorkersPeakMemoryBytes => 0;

    public DataPair Lend(DataPair data, byte[] job) => data;

    public void Begin(ActorRef coordinator, LoadedJob job)
    {
        for (var i = 1; i <= workers; i++)
        {
            var name = $"worker{i}";
            var options = new WorkerOptions([_host.Named(coordinator.Path)], $"{name} in this process", 0, WorkerLimits.JoinPatience,
                () => time.GetElapsedTime(_started), OnEnd);
            var destination = new WorkerDestination(NoDestination.Instance);
            _host.Spawn(name, () => new WorkerActor(options, new SharedJob(job), destination));
        }
    }

    public Task EndAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void OnEnd(WorkerEnd end)
    {
        if (end.Outcome == WorkerOutcome.Finished) return;
        _ends.Add(end.Reason);
        _ends.GiveUp(end.Reason);
    }

    private sealed class SharedJob(LoadedJob job) : IJobLoader
    {
        public LoadedJob Load(string yaml) => job;
    }

    /// <summary>Nothing is received in one process: chunks are handed over as they are.</summary>
    private sealed class NoDestination : IChunkDestination
    {
        public static readonly NoDestination Instance = new();

        public TensorChunk Rent(in ChunkHeader header) => throw new BrokenInvariantException("a chunk was read from a network in one process");
    }
}
