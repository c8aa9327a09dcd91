using Distributed.Engine.Data;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Simulations.Jobs;

/// <summary>What is special about a small job.</summary>
internal enum JobKind
{
    Plain,
    Adam,

    /// <summary>Running statistics are reduced with the gradient.</summary>
    BatchNorm,

    /// <summary>Random numbers inside of the model.</summary>
    Dropout,

    /// <summary>The norm of ∇L is taken over the whole vector before the first weight is stepped.</summary>
    Clipped,

    /// <summary>The run may end before its last epoch.</summary>
    EarlyStopping,

    /// <summary>Batch norm and clipping and AdamW on a schedule.</summary>
    All,
}

/// <summary>A job so small that a run of it takes milliseconds: points in the plane, one hidden layer.</summary>
/// <param name="Shards">V.</param>
/// <param name="HasTest">Whether epochs end with an evaluation.</param>
internal readonly record struct JobShape(JobKind Kind, int Shards, int Batch, int Epochs, bool HasTest)
{
    /// <summary>36 samples in three classes; batches of 10 leave 6 for the last, which no number of shards divides.</summary>
    private const int Classes = 3, PerClass = 12, TestPerClass = 100, Hidden = 6;

    private const float Noise = 0.2f;

    /// <summary>As much of it as decides the answer.</summary>
    public TrainingSetup Setup()
    {
        var hasNorm = Kind is JobKind.BatchNorm or JobKind.All;
        Layer[] layers =
        [
            new Linear(Hidden),
            .. hasNorm ? [new BatchNorm()] : Array.Empty<Layer>(),
            new ReLU(),
            .. Kind == JobKind.Dropout ? [new Dropout(0.25f)] : Array.Empty<Layer>(),
            new Linear(Classes),
        ];
        Optimizer optimizer = Kind switch
        {
            JobKind.Adam => new Adam(0.02f),
            JobKind.All => new AdamW(0.02f),
            JobKind.EarlyStopping => new Sgd(0.5f, Momentum: 0.9f),
            _ => new Sgd(0.1f, Momentum: 0.9f, WeightDecay: 0.0001f),
        };
        return new TrainingSetup(new Model(new Sequential(layers), new Engine.Shape(2), Classes, new SoftmaxCrossEntropyLoss()),
            Spirals.Generate(Classes, PerClass, Noise, seed: 1), HasTest ? Spirals.Generate(Classes, TestPerClass, Noise, seed: 2) : null,
            optimizer, new L2(0.001f), Batch, Shards, Epochs, Seed: 7)
        {
            ClipNorm = Kind is JobKind.Clipped or JobKind.All ? 0.1f : null,
            RateSchedule = Kind == JobKind.All ? new CosineSchedule { Warmup = 1 } : null,
            EarlyStopping = Kind == JobKind.EarlyStopping ? new EarlyStopping(2) : null,
        };
    }
}
