using Distributed.Engine.Data;
using Distributed.Engine.Optimizers;

namespace Distributed.Engine.Training;

/// <summary>All that decides the answer of a run: with the same setup the final weights are the same bits.</summary>
/// <param name="Test">What accuracy is measured on; null: no evaluation.</param>
/// <param name="Batch">B, samples of a mini-batch.</param>
/// <param name="Shards">V, virtual shards of a batch.</param>
public sealed record TrainingSetup(Model Model, DataSet Train, DataSet? Test, Optimizer Optimizer, Regularizer? Regularizer,
    int Batch, int Shards, int Epochs, ulong Seed)
{
    public BatchLayout Layout { get; } = new(Train.Count, Batch, Shards);

    public long TotalSteps => (long)Layout.BatchesPerEpoch * Epochs;
}
