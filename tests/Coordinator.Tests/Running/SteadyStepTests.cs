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
    private const int WarmUp = 300, Steps = 2000;

    /// <summary>Of the steps, as many allocate nothing at all. The others are the test platform's, which looks after its tests ten times a second, and those in
    /// which a busy machine let a message wait longer than ever before, so that a pool grew: anything that a step is in need of is in more of them.</summary>
    private const double CleanShare = 0.6;

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

        meter.AssertClean();
    }

    /// <summary>Both ends of the sockets together; chunks of one vector or of a dozen, lent and sent.</summary>
    [Theory]
    [InlineData(true, 20_000, 2)]
    [InlineData(false, 20_000, 2)]
    [InlineData(true, 1000, 2)]
    [InlineData(false, 1000, 2)]
    [InlineData(false, 1000, 3)]
    public async Task Over_sockets_a_steady_step_allocates_nothing_either(bool sharesMemory, int chunkElements, int workers)
    {
        var setup = LongRun(hidden: 2000);
        await using var near = new TcpHost(new TcpHostOptions { Name = "coordinator", SharesMemory = sharesMemory });
        await near.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var meter = new Meter();
        var coordinator = meter.Coordinator = near.Spawn("coordinator",
            () => new CoordinatorActor(TestRun.Options(setup, workers) with { ChunkElements = chunkElements, Memory = near.Memory }, meter), Supervision.Never);
        TcpHost[] nodes = [.. Enumerable.Range(1, workers).Select(number => Node($"worker-{number}"))];
        Assert.Null(await near.WhenStopped(coordinator).WaitAsync(TestRun.Patience));
        foreach (var node in nodes) await node.DisposeAsync();

        meter.AssertClean();

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

    private sealed class Meter : IRunObserver
    {
        private readonly List<long> _bytes = new(Steps);
        private long _before;

        public ActorRef? Coordinator { get; set; }

        public void AssertClean()
        {
            Assert.Equal(Steps, _bytes.Count);
            var clean = _bytes.Count(bytes => bytes <= 0) / (double)Steps;
            var usual = string.Join(", ", _bytes.CountBy(bytes => bytes).OrderByDescending(entry => entry.Value).Take(5).Select(entry => $"{entry.Key} in {entry.Value}"));
            Assert.True(clean >= CleanShare, $"{clean:0.00} of the steps allocate nothing, {CleanShare} are expected; bytes in steps, the most frequent: {usual}");
        }

        public void On(RunEvent happened)
        {
        }

        public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
        {
            if (step < WarmUp || _bytes.Count == Steps) return;
            if (step > WarmUp) _bytes.Add(GC.GetTotalAllocatedBytes(precise: true) - _before);
            if (_bytes.Count == Steps) Coordinator!.Tell(new StopRun("measured"));
            _before = GC.GetTotalAllocatedBytes(precise: true);
        }
    }
}
