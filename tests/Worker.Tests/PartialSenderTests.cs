using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Worker.Tests;

public sealed class PartialSenderTests
{
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
