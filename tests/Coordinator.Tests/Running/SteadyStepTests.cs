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

    /// <summary>Coordinator and workers together.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 1000)]
    [InlineData(2, 7)]
    public async Task A_steady_step_allocates_the_messages_of_its_control_and_nothing_that_grows_with_the_model(int workers, int chunkElements)
    {
        var setup = new TrainingSetup(
            new Model(new Sequential(new Linear(20), new ReLU(), new Linear(3)), new Distributed.Engine.Shape(2), 3, new SoftmaxCrossEntropyLoss()),
            Spirals.Generate(3, 10_000, 0.2f, seed: 1), null, new Sgd(0.1f, Momentum: 0.9f), null, Batch: 32, Shards: 8, Epochs: 1, Seed: 7);
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

        // The least: a worker that was late, or code that is compiled meanwhile, is no steady step.
        Assert.Equal(Windows, meter.Bytes.Count);
        var each = meter.Bytes.Min() / (double)Steps / workers;
        Assert.True(each <= BytesPerWorkerAndStep, $"{each:0} bytes a step and worker, {BytesPerWorkerAndStep} at most are expected");
        Assert.Contains(0, meter.Collections);
    }

    private sealed class Meter : IRunObserver
    {
        private long _before;
        private int _collections;

        public ActorRef? Coordinator { get; set; }

        /// <summary>Of each window.</summary>
        public List<long> Bytes { get; } = [];

        public List<int> Collections { get; } = [];

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
