using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Optimizers;

namespace Distributed.Engine.Training;

/// <summary>All that decides the answer of a run: with the same setup the final weights are the same bits.</summary>
/// <param name="Test">What accuracy is measured on; null: no evaluation.</param>
/// <param name="Batch">B, samples of a mini-batch.</param>
/// <param name="Shards">V, virtual shards of a batch.</param>
public sealed record TrainingSetup(Model Model, DataSet Train, DataSet? Test, Optimizer Optimizer, Regularizer? Regularizer,
    int Batch, int Shards, int Epochs, ulong Seed)
{
    public Optimizer Optimizer { get; init; } = !Optimizer.NeedsFullBatch || Batch >= Train.Count ? Optimizer
        : throw new ArgumentException($"{Optimizer.GetType().Name} wants all {Train.Count} training samples in a batch, got {Batch}");

    /// <summary>How the learning rate changes from step to step; null: it does not.</summary>
    public RateSchedule? RateSchedule { get; init; }

    /// <summary>From which steps on the optimizer's rate is another one.</summary>
    public RateChanges RateChanges
    {
        get;
        init => field = value.Count == 0 || Optimizer.HasRate ? value
            : throw new ArgumentException($"{Optimizer.GetType().Name} has no learning rate that could be set");
    } = RateChanges.None;

    /// <summary>∇L is scaled down to this Euclidean norm where it is longer; null: never.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>What becomes of a step whose loss or gradient holds NaN or infinity.</summary>
    public NonFinitePolicy OnNonFinite { get; init; }

    /// <summary>Whether the run may end before its last epoch; null: it may not.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>How training samples are changed each time they are seen, one change after another.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>Whether an epoch's weights are worth keeping when they are the best so far: not where epochs end at trials of a line search, of
    /// which the last step takes the best.</summary>
    public bool KeepsBest => !Optimizer.NeedsFullBatch;

    /// <summary>Whether ∇L and loss must be whole before the first weight is stepped.</summary>
    public bool NeedsWholeStep => ClipNorm is not null || Optimizer.NeedsWholeStep || OnNonFinite == NonFinitePolicy.Skip;

    private BatchLayout _layout = new(Train.Count, Batch, Shards);

    /// <summary>How samples fall into batches and shards. Made anew where <c>with</c> has changed what it follows from.</summary>
    public BatchLayout Layout
    {
        get
        {
            var layout = _layout;
            if (layout.Samples != Train.Count || layout.Batch != Math.Min(Batch, Train.Count) || layout.Shards != Shards)
                _layout = layout = new BatchLayout(Train.Count, Batch, Shards);
            return layout;
        }
    }

    public long TotalSteps => (long)Layout.BatchesPerEpoch * Epochs;
}
