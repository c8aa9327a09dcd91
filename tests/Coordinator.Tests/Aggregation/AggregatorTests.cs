using Distributed.Coordinator.Aggregation;
using Distributed.Coordinator.Tests.Running;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Aggregation;

public class AggregatorTests
{
    private const int ChunkElements = 37;

    private readonly TrainingSetup _setup = TestRun.Setup();
    private readonly Aggregator _aggregator;
    private readonly ShardComputer _computer;

    public AggregatorTests()
    {
        var weights = _setup.Model.Parameters.InitialWeights(_setup.Seed);
        _aggregator = new Aggregator(_setup, weights, _setup.Optimizer.NewState(weights.Length), 0, ChunkElements);
        _computer = new ShardComputer(_setup, _setup.Shards);
    }

    [Fact]
    public void Steps_made_of_partial_sums_in_any_order_are_those_of_the_plain_loop()
    {
        var setup = TestRun.Setup(epochs: 2);
        var random = new TestRandom(5);
        for (var step = 0; step < setup.TotalSteps; step++)
        {
            var chunks = new ShardRange[] { new(0, 4), new(4, 1), new(5, 1), new(6, 2) }.SelectMany(Partial).OrderBy(_ => random.Next(1000)).ToArray();
            foreach (var chunk in chunks) Assert.Null(_aggregator.Add(chunk));
            Assert.True(_aggregator.IsComplete);
            _aggregator.Commit();
        }
        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, Fingerprint.Of(_aggregator.Current.Span));
    }

    /// <summary>Some at once and some later, and these in any order, on other threads.</summary>
    [Fact]
    public void Chunks_that_are_stepped_later_are_those_that_are_stepped_at_once()
    {
        var setup = TestRun.Setup(epochs: 1) with { Regularizer = null };
        Assert.True(WeightUpdate.IsOnePass(setup));
        var weights = setup.Model.Parameters.InitialWeights(setup.Seed);
        var aggregator = new Aggregator(setup, weights, setup.Optimizer.NewState(weights.Length), 0, ChunkElements);
        var random = new TestRandom(7);
        for (var step = 0; step < setup.TotalSteps; step++)
        {
            var made = new List<int>();
            foreach (var range in new ShardRange[] { new(0, 4), new(4, 4) })
            {
                var gradient = new float[weights.Length];
                var sum = _computer.Compute(0, step, range, aggregator.Current, gradient);
                for (var chunk = aggregator.Chunks - 1; chunk >= 0; chunk--)
                {
                    var later = random.Next(3) > 0;
                    Assert.Null(aggregator.Add(Chunk(gradient, chunk), later));
                    made.AddRange(aggregator.JustMade);
                    Assert.Equal(range.First > 0 && later, aggregator.HasDue && !aggregator.IsMade(chunk));
                    if (range.First > 0 && later) Assert.Equal("a second copy", aggregator.Add(Chunk(new float[weights.Length], chunk), true));
                    if (random.Next(5) == 0) StepDue();
                }
                StepDue();
                aggregator.AddLoss(range, sum);

                TensorChunk Chunk(float[] all, int chunk)
                {
                    var elements = Math.Min(ChunkElements, all.Length - (chunk * ChunkElements));
                    return new(new ChunkHeader(ChunkKind.Partial, step, chunk, range.First, range.Count, elements), all.AsMemory(chunk * ChunkElements, elements));
                }

                void StepDue()
                {
                    if (!aggregator.HasDue) return;
                    aggregator.StepDue((parts, part) => Parallel.ForEach(Enumerable.Range(0, parts).Reverse(), part));
                    made.AddRange(aggregator.JustMade);
                    Assert.False(aggregator.HasDue);
                }
            }
            Assert.Equal(Enumerable.Range(0, aggregator.Chunks), made.Order());
            aggregator.Commit();
        }
        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, Fingerprint.Of(aggregator.Current.Span));
    }

    /// <summary>Of a root that comes whole and of one that comes in two halves, stepped in one pass and in blocks.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public void A_probe_sees_the_mean_of_the_steps_that_it_wants_and_changes_nothing(int parts, bool onePass)
    {
        var setup = TestRun.Setup() with { Regularizer = null, ClipNorm = onePass ? null : 1e9f };
        Assert.Equal(onePass, WeightUpdate.IsOnePass(setup));
        var (probe, weights) = (new MeanProbe(), setup.Model.Parameters.InitialWeights(setup.Seed));
        var (seen, unseen) = (New(probe), New(null));
        for (var step = 0; step < setup.Layout.BatchesPerEpoch; step++)
        {
            var root = new float[weights.Length];
            _computer.Compute(0, step, new ShardRange(0, setup.Shards), unseen.Current, root);
            foreach (var aggregator in new[] { seen, unseen })
            {
                for (var part = 0; part < parts; part++) Give(aggregator, step, new ShardRange(part * setup.Shards / parts, setup.Shards / parts));
                aggregator.Commit();
            }
            Assert.Equal(unseen.Current.ToArray(), seen.Current.ToArray());
            if (step % 2 == 1) Assert.Equal(root.Select(sum => sum / setup.Layout.SamplesIn(step)), probe.Mean);
            else Assert.Empty(probe.Mean);
            probe.Mean.Clear();
        }

        Aggregator New(MeanProbe? watching) => new(setup, weights, setup.Optimizer.NewState(weights.Length), 0, ChunkElements) { Probe = watching };

        void Give(Aggregator aggregator, int step, ShardRange range)
        {
            var gradient = new float[weights.Length];
            var sum = _computer.Compute(0, step, range, aggregator.Current, gradient);
            for (var chunk = 0; chunk < aggregator.Chunks; chunk++)
            {
                var elements = Math.Min(ChunkElements, gradient.Length - (chunk * ChunkElements));
                Assert.Null(aggregator.Add(new TensorChunk(new ChunkHeader(ChunkKind.Partial, step, chunk, range.First, range.Count, elements),
                    gradient.AsMemory(chunk * ChunkElements, elements))));
            }
            aggregator.AddLoss(range, sum);
        }
    }

    /// <summary>Wants every other step.</summary>
    private sealed class MeanProbe : IAggregationProbe
    {
        public List<float> Mean { get; } = [];

        public bool WantsGradient(long step) => step % 2 == 1;

        public void Gradient(long step, int offset, ReadOnlySpan<float> mean)
        {
            Assert.Equal(Mean.Count, offset);
            Mean.AddRange(mean);
        }

        public void Counted(in ChunkHeader header)
        {
        }

        public void LossCounted(long step, ShardRange range, in LossSum sum)
        {
        }

        public void Committed(long step, int weightVersions)
        {
        }
    }

    [Fact]
    public void A_chunk_of_a_committed_step_changes_nothing()
    {
        var late = Partial(new ShardRange(0, 8)).Take(1).ToArray();
        foreach (var chunk in Partial(new ShardRange(0, 8))) _aggregator.Add(chunk);
        _aggregator.Commit();

        Assert.Contains("committed", _aggregator.Add(late[0]));
        Assert.Empty(_aggregator.JustMade);
        Assert.False(_aggregator.IsBetweenVersions);
    }

    [Fact]
    public void The_current_version_stays_whole_while_the_next_is_made()
    {
        var before = _aggregator.Current.ToArray();
        foreach (var chunk in Partial(new ShardRange(0, 8)))
        {
            Assert.Null(_aggregator.Add(chunk));
            Assert.Equal([chunk.Header.Index], _aggregator.JustMade);
            Assert.True(_aggregator.IsBetweenVersions);
            Assert.Equal(before, _aggregator.Current.ToArray());
            Assert.Contains("made", _aggregator.Add(chunk));
        }
        _aggregator.Commit();
        Assert.NotEqual(before, _aggregator.Current.ToArray());
    }

    [Fact]
    public void Nothing_is_committed_or_sent_before_it_is_made()
    {
        Assert.Throws<BrokenInvariantException>(_aggregator.Commit);
        Assert.Throws<BrokenInvariantException>(() => _aggregator.Weights(0, next: true, session: 1));
    }

    [Fact]
    public void A_version_that_is_still_being_sent_is_not_written_over()
    {
        var slow = _aggregator.Weights(0, next: false, session: 1);
        var sent = slow.Data.ToArray();
        for (var step = 0; step < 4; step++)
        {
            foreach (var chunk in Partial(new ShardRange(0, 8))) _aggregator.Add(chunk);
            _aggregator.Commit();
        }
        Assert.Equal(sent, slow.Data.ToArray());
    }

    /// <summary>What a worker sends for a run of shards of the step in progress.</summary>
    private IEnumerable<TensorChunk> Partial(ShardRange range)
    {
        var gradient = new float[_aggregator.Elements];
        var perEpoch = _setup.Layout.BatchesPerEpoch;
        var sum = _computer.Compute((int)(_aggregator.Step / perEpoch), (int)(_aggregator.Step % perEpoch), range, _aggregator.Current.ToArray(), gradient);
        _aggregator.AddLoss(range, sum);
        for (var chunk = 0; chunk < _aggregator.Chunks; chunk++)
        {
            var elements = Math.Min(ChunkElements, gradient.Length - chunk * ChunkElements);
            yield return new TensorChunk(new ChunkHeader(ChunkKind.Partial, _aggregator.Step, chunk, range.First, range.Count, elements),
                gradient.AsMemory(chunk * ChunkElements, elements));
        }
    }
}
