using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Worker;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>A small run of real coordinator and worker actors in one process.</summary>
internal static class TestRun
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>Spirals, 90 samples in batches of 32 (the last of 26), 8 shards: nothing divides evenly.</summary>
    public static TrainingSetup Setup(int epochs = 3, int shards = 8, float rate = 0.1f) => new(
        new Model(new Sequential(new Linear(20), new ReLU(), new Linear(3)), new Distributed.Engine.Shape(2), 3, new SoftmaxCrossEntropyLoss()),
        Spirals.Generate(3, 30, 0.2f, seed: 1), Spirals.Generate(3, 200, 0.2f, seed: 2),
        new Sgd(rate, Momentum: 0.9f, WeightDecay: 0.0001f), new L2(0.001f), Batch: 32, shards, epochs, Seed: 7);

    public static RunOptions Options(TrainingSetup setup, int workers) =>
        new(setup, "the job", new byte[32], new byte[32], workers) { ChunkElements = 37 };

    /// <param name="destination">Told where a host that reads from sockets is to write what comes for this worker.</param>
    public static WorkerActor Worker(TrainingSetup setup, ActorRef coordinator, string name, IJobLoader? loader = null,
        Action<IChunkDestination>? destination = null, Func<TimeSpan>? clock = null)
    {
        var place = new WorkerDestination(new ArrayScratch());
        destination?.Invoke(place);
        var options = new WorkerOptions([coordinator], name, 0, Patience,
            clock ?? (() => TimeProvider.System.GetElapsedTime(0)), _ => { });
        return new WorkerActor(options, loader ?? new FixedLoader(setup), place);
    }

    /// <param name="also">Told what the run tells.</param>
    public static async Task<RunResult> InProcess(RunOptions options, int workers, IRunObserver? also = null)
    {
        await using var host = new InProcessHost();
        var observer = new Recorder();
        var coordinator = host.Spawn("coordinator", () => new CoordinatorActor(options, also is null ? observer : new Observers(observer, also)), Supervision.Never);
        for (var i = 1; i <= workers; i++)
        {
            var name = $"worker/{i}";
            host.Spawn(name, () => Worker(options.Setup, coordinator, name), Supervision.Never);
        }
        var failure = await host.WhenStopped(coordinator).WaitAsync(Patience);
        return failure is null ? observer.Result! : throw failure;
    }

    /// <summary>Gives each worker the setup that is there, as one process does.</summary>
    public sealed class FixedLoader(TrainingSetup setup) : IJobLoader
    {
        public LoadedJob Load(string yaml) => new(setup, new byte[32], new byte[32]);
    }

    /// <summary>Keeps all that an observer is told.</summary>
    public sealed class Recorder(Action<RunEvent>? also = null) : IRunObserver
    {
        private readonly List<RunEvent> _events = [];

        public IReadOnlyList<RunEvent> Events
        {
            get
            {
                lock (_events) return [.. _events];
            }
        }

        public RunResult? Result => Events.OfType<RunEvent.Ended>().SingleOrDefault()?.Result;

        public void On(RunEvent happened)
        {
            lock (_events) _events.Add(happened);
            also?.Invoke(happened);
        }
    }

    public sealed class ArrayScratch : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, new float[header.Elements]);
    }
}
