using System.Net;
using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Counts what the whole process allocates, so nothing else may run.</summary>
[CollectionDefinition(nameof(SteadyStepTests), DisableParallelization = true)]
[Collection(nameof(SteadyStepTests))]
public sealed class SteadyStepTests
{
    private const int WarmUp = 300, Steps = 100, Windows = 5;

    /// <summary>For each worker: its Assign, PartialDone and WeightsHeld with what the schedule decides of them; and the step's own events. No
    /// chunk, no gradient, no batch.</summary>
    private const double BytesPerWorkerAndStep = 700;

    /// <summary>Where the three messages are read from a socket besides.</summary>
    private const double BytesOverSockets = 1700;

    /// <summary>Where a chunk came from, one way: what carries its elements to the actor.</summary>
    private const double BytesOfChunk = 150;

    /// <summary>Coordinator and workers together.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 1000)]
    [InlineData(2, 7)]
    public async Task A_steady_step_allocates_the_messages_of_its_control_and_nothing_that_grows_with_the_model(int workers, int chunkElements)
    {
        var setup = LongRun();
        await using var host = new InProcessHost();
        var meter = new Meter();
        var coordinator = meter.Coordinator = host.Spawn("coordinator",
            () => new CoordinatorActor(TestRun.Options(setup, workers) with { ChunkElements = chunkElements }, meter), Supervision.Never);
        for (var i = 1; i <= workers; i++)
        {
            var name = $"worker/{i}";
            host.Spawn(name, () => TestRun.Worker(setup, coordinator, name), Supervision.Never);
        }
        Assert.Null(await host.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        meter.AssertAtMost(BytesPerWorkerAndStep, workers);
    }

    /// <summary>Both ends of the sockets together. The vector has some 48 kB, many times what is allowed, so that it shows where elements are allocated.</summary>
    [Theory]
    [InlineData(true, 20_000)]
    [InlineData(false, 20_000)]
    [InlineData(true, 1000)]
    [InlineData(false, 1000)]
    public async Task Over_sockets_a_step_allocates_what_its_frames_are_read_into_and_no_elements(bool sharesMemory, int chunkElements)
    {
        const int workers = 2;
        var setup = LongRun(hidden: 2000);
        await using var near = new TcpHost(new TcpHostOptions { Name = "coordinator", SharesMemory = sharesMemory });
        await near.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var meter = new Meter();
        var coordinator = meter.Coordinator = near.Spawn("coordinator",
            () => new CoordinatorActor(TestRun.Options(setup, workers) with { ChunkElements = chunkElements, Memory = near.Memory }, meter), Supervision.Never);
        await using var first = Node("worker-1");
        await using var second = Node("worker-2");
        Assert.Null(await near.WhenStopped(coordinator).WaitAsync(TestRun.Patience));

        var chunks = (setup.Model.Parameters.Count + chunkElements - 1) / chunkElements;
        var most = BytesOverSockets + 2 * chunks * BytesOfChunk;
        Assert.True(4 * setup.Model.Parameters.Count > 5 * most, "elements are the larger part");
        meter.AssertAtMost(most, workers);

        TcpHost Node(string name)
        {
            var node = new TcpHost(new TcpHostOptions { Name = name, SharesMemory = sharesMemory });
            var leader = node.Remote(near.BoundEndPoint!, "coordinator");
            node.Spawn("worker", () => TestRun.Worker(setup, leader, name, destination: host => node.RegisterDestination("worker", host)), Supervision.Never);
            return node;
        }
    }

    private static TrainingSetup LongRun(int hidden = 20) => new(
        new Model(new Sequential(new Linear(hidden), new ReLU(), new Linear(3)), new Distributed.Engine.Shape(2), 3, new SoftmaxCrossEntropyLoss()),
        Spirals.Generate(3, 10_000, 0.2f, seed: 1), null, new Sgd(0.1f, Momentum: 0.9f), null, Batch: 32, Shards: 8, Epochs: 1, Seed: 7);

    private sealed class Meter : IRunObserver
    {
        private long _before;
        private int _collections;

        public ActorRef? Coordinator { get; set; }

        /// <summary>Of each window.</summary>
        public List<long> Bytes { get; } = [];

        public List<int> Collections { get; } = [];

        /// <remarks>The least of the windows: a worker that was late, or code that is compiled meanwhile, is no steady step.</remarks>
        public void AssertAtMost(double bytes, int workers)
        {
            Assert.Equal(Windows, Bytes.Count);
            var each = Bytes.Min() / (double)Steps / workers;
            Assert.True(each <= bytes, $"{each:0} bytes a step and worker, {bytes} at most are expected");
            Assert.Contains(0, Collections);
        }

        public void On(RunEvent happened)
        {
            if (happened is not RunEvent.StepCommitted { Step: >= WarmUp } step || (step.Step - WarmUp) % Steps != 0) return;
            var (bytes, collections) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0));
            if (step.Step > WarmUp && Bytes.Count < Windows)
            {
                Bytes.Add(bytes - _before);
                Collections.Add(collections - _collections);
            }
            if (Bytes.Count == Windows) Coordinator!.Tell(new StopRun("measured"));
            (_before, _collections) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0));
        }
    }
}
