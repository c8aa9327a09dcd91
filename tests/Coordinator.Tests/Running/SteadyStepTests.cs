using System.Diagnostics;
using System.Net;
using Distributed.Actors;
using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Running;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>Counts what the whole process allocates, so nothing else may run.</summary>
[CollectionDefinition(nameof(SteadyStepTests), DisableParallelization = true)]
[Collection(nameof(SteadyStepTests))]
public sealed class SteadyStepTests
{
    private const int WarmUp = 300, Steps = 100, Windows = 20;

    /// <summary>What the process allocates besides its steps: the test platform looks after its tests ten times a second, and takes 168 bytes. Measured
    /// with no run going on.</summary>
    private const int BytesOfPlatform = 168;

    private static readonly TimeSpan PlatformInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Less than the smallest object in every second step of a worker.</summary>
    private const double Slack = 10;

    /// <summary>A run of shards that is read from a socket: the generated reader of an Assign makes each. How many there are follows from the shares: 4 and 4
    /// shards are two runs, 6 and 2 are three.</summary>
    private const int BytesOfRun = 32;

    /// <summary>Coordinator and workers together.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 1000)]
    [InlineData(2, 7)]
    public async Task A_steady_step_allocates_nothing(int workers, int chunkElements)
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

        meter.AssertAtMost(Slack, workers);
    }

    /// <summary>Both ends of the sockets together; chunks of one vector or of a dozen, lent and sent.</summary>
    [Theory]
    [InlineData(true, 20_000, 2)]
    [InlineData(false, 20_000, 2)]
    [InlineData(true, 1000, 2)]
    [InlineData(false, 1000, 2)]
    [InlineData(false, 1000, 3)]
    public async Task Over_sockets_a_step_allocates_the_run_of_shards_of_each_worker_and_nothing_else(bool sharesMemory, int chunkElements, int workers)
    {
        var setup = LongRun(hidden: 2000);
        await using var near = new TcpHost(new TcpHostOptions { Name = "coordinator", SharesMemory = sharesMemory });
        await near.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var meter = new Meter(BytesOfRun);
        var coordinator = meter.Coordinator = near.Spawn("coordinator",
            () => new CoordinatorActor(TestRun.Options(setup, workers) with { ChunkElements = chunkElements, Memory = near.Memory, Probe = meter }, meter), Supervision.Never);
        TcpHost[] nodes = [.. Enumerable.Range(1, workers).Select(number => Node($"worker-{number}"))];
        Assert.Null(await near.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        foreach (var node in nodes) await node.DisposeAsync();

        meter.AssertAtMost(Slack, workers);

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
        Spirals.Generate(3, 10_000, 0.2f, seed: 1), null, new Sgd(0.1f, Momentum: 0.9f), null, Batch: 32, Shards: 8, Epochs: 3, Seed: 7);

    /// <param name="bytesOfRun">That each run of shards is known to take.</param>
    private sealed class Meter(int bytesOfRun = 0) : IRunObserver, IAggregationProbe
    {
        private long _before;
        private long _begun;
        private long _runs;
        private int _collections;

        public ActorRef? Coordinator { get; set; }

        /// <summary>Of each window, the platform's and the runs' left out.</summary>
        public List<long> Bytes { get; } = [];

        public List<int> Collections { get; } = [];

        /// <remarks>The least of the windows: a worker that was late, the end of an epoch, or code that is compiled meanwhile, is no steady step.</remarks>
        public void AssertAtMost(double bytes, int workers)
        {
            Assert.Equal(Windows, Bytes.Count);
            var each = Bytes.Min() / (double)Steps / workers;
            Assert.True(each <= bytes, $"{each:0.0} bytes a step and worker, {bytes} at most are expected");
            Assert.Contains(0, Collections);
        }

        public void Counted(in ChunkHeader header)
        {
        }

        public void LossCounted(long step, ShardRange range, in LossSum sum) => _runs++;

        public void Committed(long step, int weightVersions)
        {
        }

        public void On(RunEvent happened)
        {
        }

        public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
        {
            if (step < WarmUp || (step - WarmUp) % Steps != 0) return;
            var (bytes, collections) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0));
            if (step > WarmUp && Bytes.Count < Windows)
            {
                Bytes.Add(bytes - _before - bytesOfRun * _runs - BytesOfPlatform * (1 + (long)(Stopwatch.GetElapsedTime(_begun) / PlatformInterval)));
                Collections.Add(collections - _collections);
            }
            if (Bytes.Count == Windows) Coordinator!.Tell(new StopRun("measured"));
            _runs = 0;
            (_before, _collections, _begun) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0), Stopwatch.GetTimestamp());
        }
    }
}
