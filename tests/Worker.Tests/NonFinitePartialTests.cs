using Distributed.Actors;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Randomness;
using Distributed.Engine.Training;
using Distributed.Protocol;
using Distributed.Testing;

namespace Distributed.Worker.Tests;

/// <summary>What a worker says of a partial sum that is not finite: 16 samples, one batch, 8 shards of two.</summary>
public sealed class NonFinitePartialTests : IAsyncDisposable
{
    private const int Samples = 16;
    private const ulong Session = (1ul << 32) | 1;

    private readonly InProcessHost _host = new();
    private readonly ActorRef _coordinator;
    private readonly Probe _probe;

    public NonFinitePartialTests() => (_coordinator, _probe) = Probe.Spawn(_host, "coordinator");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Says_where_it_begins_and_sends_the_sum_all_the_same()
    {
        var setup = Setup();
        var sample = SampleAt(setup, 5);
        Compute(setup, wrong: sample);

        var chunk = _probe.Expect<TensorChunk>();
        var found = _probe.Expect<NotFinite>();
        var done = _probe.Expect<PartialDone>(); // comes after it

        Assert.Equal((0ul, 0u, 4u, 2u, Session), (found.Step, found.Range.First, found.Range.Count, found.Shard, found.Session));
        Assert.Equal((uint)sample, Assert.Single(found.Samples));
        Assert.StartsWith($"in shard 2, the features of training sample {sample} hold NaN", found.Sentence);
        Assert.True(double.IsNaN(done.Loss));
        Assert.Contains(chunk.Data.ToArray(), float.IsNaN);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Stop, -1)]
    [InlineData(NonFinitePolicy.Skip, 5)]
    public void Says_nothing_where_all_is_finite_or_the_step_is_to_be_skipped(NonFinitePolicy policy, int place)
    {
        var setup = Setup() with { OnNonFinite = policy };
        Compute(setup, wrong: place < 0 ? -1 : SampleAt(setup, place));

        Assert.Equal(place < 0, double.IsFinite(_probe.Expect<PartialDone>().Loss));
        Assert.Equal((1, 0), (_probe.Count<TensorChunk>(), _probe.Count<NotFinite>()));
    }

    private static TrainingSetup Setup(int wrong = -1)
    {
        var features = Enumerable.Range(0, Samples).Select(i => i == wrong ? float.NaN : i / 10f).ToArray();
        var data = new MemoryDataSet(features, new ValueTargets(new float[Samples], new Shape(1)), new Shape(1));
        return new TrainingSetup(new Model(new Sequential(new Linear(1)), data.SampleShape, data.Target, new SquaredLoss()), data, null, new Sgd(0.1f), null,
            Samples, Shards: 8, Epochs: 1, Seed: 3);
    }

    /// <summary>The sample at a place of the batch.</summary>
    private static int SampleAt(TrainingSetup setup, int place)
    {
        var order = new int[Samples];
        new SampleOrder(Samples, setup.Seed).Fill(0, 0, order);
        return order[place];
    }

    /// <summary>Has a worker compute shards 0-3 of step 0.</summary>
    private void Compute(TrainingSetup setup, int wrong)
    {
        var loaded = new LoadedJob(setup with { Train = Setup(wrong).Train }, new byte[32], new byte[32]);
        var options = new WorkerOptions([_coordinator], "test", 0, TimeSpan.FromMinutes(1), () => TimeSpan.Zero, _ => { });
        var worker = _host.Spawn("worker", () => new WorkerActor(options, new Loader(loaded), new WorkerDestination(new Scratch())), Supervision.Never);
        _probe.Expect<Join>();
        Say(new Welcome { Worker = 1, Session = Session, Job = "the job", ChunkElements = 100 });
        _probe.Expect<Ready>();
        var weights = setup.Model.Parameters.InitialWeights(setup.Seed);
        Say(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, 0, 0, 0, weights.Length) { Session = Session }, weights));
        Say(new Assign { Step = 0, Session = Session, Runs = { 0, 4 } });

        void Say(object message) => _coordinator.Tell(new Probe.Send(worker, message));
    }

    private sealed class Loader(LoadedJob job) : IJobLoader
    {
        public LoadedJob Load(string yaml) => job;
    }

    private sealed class Scratch : IChunkDestination
    {
        public TensorChunk Rent(in ChunkHeader header) => new(header, new float[header.Elements]);
    }
}
