using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Worker.Tests;

public sealed class PartialSenderTests
{
    /// <summary>A gradient of a million elements, which goes past the caches: it overflows in one weight, in the first or the last of its rows, while the
    /// loss and all activations are finite.</summary>
    [Theory]
    [InlineData(1e30f, 0, 3)]
    [InlineData(1e36f, 0, 3)]
    [InlineData(1e36f, 1023, 1020)]
    [InlineData(1e36f, 700, 1)]
    public void A_large_gradient_is_looked_at(float feature, int output, int input)
    {
        const int Width = 1024;
        var features = new float[16 * Width];
        features[(5 * Width) + input] = feature;
        var data = new MemoryDataSet(features, new ValueTargets([.. Enumerable.Repeat(1f, 16)], new Distributed.Engine.Shape(1)), new Distributed.Engine.Shape(Width));
        var setup = new TrainingSetup(new Model(new Sequential(new Linear(Width), new Linear(1)), data.SampleShape, data.Target, new SquaredLoss()),
            data, null, new Sgd(0.1f), null, Batch: 16, Shards: 8, Epochs: 1, Seed: 7);
        var weights = new float[setup.Model.Parameters.Count];
        weights[setup.Model.Parameters["linear2.weight"].Offset + output] = 1e3f;
        var replica = new Replica(weights.Length, FrameLimits.MaxChunkElements / 4, new ChunkPool());
        for (var chunk = 0; chunk < replica.Chunks; chunk++)
        {
            var (offset, count) = replica.Slice(chunk);
            Assert.Null(replica.Accept(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, chunk, 0, 0, count), weights.AsMemory(offset, count))));
        }
        var sender = new PartialSender(setup, replica, new ShardComputer(setup, 8), new GradientPool(weights.Length), () => TimeSpan.Zero);
        var posted = new List<object>();
        sender.Run(new AssignedRun(Session: 1, Step: 0, Epoch: 0, Batch: 0, new ShardRange(0, 8), IsAudit: false), posted.Add);

        Assert.True(double.IsFinite(posted.OfType<PartialDone>().Single().Loss));
        Assert.Equal(feature > 1e35f ? 1 : 0, posted.OfType<NotFinite>().Count());
        var wrong = posted.OfType<TensorChunk>().SelectMany(chunk => Enumerable.Range(0, chunk.Data.Length)
            .Where(i => !float.IsFinite(chunk.Data.Span[i])).Select(i => (chunk.Header.Index * replica.ChunkElements) + i));
        Assert.Equal(feature > 1e35f ? [(output * Width) + input] : [], wrong);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(7)]
    public void A_steady_partial_sum_allocates_nothing(int chunkElements)
    {
        var setup = new TrainingSetup(
            new Model(new Sequential(new Linear(20), new ReLU(), new Linear(3)), new Distributed.Engine.Shape(2), 3, new SoftmaxCrossEntropyLoss()),
            Spirals.Generate(3, 100, 0.2f, seed: 1), null, new Sgd(0.1f), null, Batch: 32, Shards: 8, Epochs: 1, Seed: 7);
        var replica = new Replica(setup.Model.Parameters.Count, chunkElements, new ChunkPool());
        for (var chunk = 0; chunk < replica.Chunks; chunk++)
        {
            var count = replica.Slice(chunk).Count;
            Assert.Null(replica.Accept(new TensorChunk(new ChunkHeader(ChunkKind.Weights, 0, chunk, 0, 0, count), new float[count])));
        }
        var sender = new PartialSender(setup, replica, new ShardComputer(setup, 8), new GradientPool(setup.Model.Parameters.Count), () => TimeSpan.Zero);
        var assigned = new AssignedRun(Session: 1, Step: 0, Epoch: 0, Batch: 0, new ShardRange(0, 8), IsAudit: false);
        var chunks = 0;
        Action<object> post = message =>
        {
            if (message is TensorChunk) chunks++;
            ((IReleasable)message).Release();
        };
        for (var i = 0; i < 300; i++) sender.Run(assigned, post);

        const int Partials = 200;
        chunks = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Partials; i++) sender.Run(assigned, post);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Partials * replica.Chunks, chunks);
        Assert.Equal(0, bytes);
    }
}
