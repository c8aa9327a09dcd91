using System.Collections.Immutable;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Jobs.Catalogs;

/// <summary>Everything a job can name. The reader, the writer, docs/jobs.md and docs/jobs.schema.json all come from here.</summary>
/// <remarks>To add a kind, add an entry to its family's file beside this one and run the tests with
/// <c>DISTRIBUTED_REWRITE=1</c>, which writes both anew.</remarks>
public static class Catalog
{
    public static Family Data => DataKinds.Family;

    public static Family TestParts => TestPartKinds.Family;

    public static Family Augmentations => AugmentationKinds.Family;

    public static Family Layers => LayerKinds.Family;

    public static Family Initializers => InitializerKinds.Family;

    public static Family Losses => LossKinds.Family;

    public static Family Optimizers => OptimizerKinds.Family;

    public static Family Schedules => ScheduleKinds.Family;

    public static Family Regularizers => RegularizerKinds.Family;

    public static IReadOnlyList<Family> Families { get; } =
        [Data, TestParts, Augmentations, Layers, Initializers, Losses, Optimizers, Schedules, Regularizers];

    internal static Kind Checkpoint { get; } = Kind.Of("checkpoint", "When checkpoints are written.",
        values => new Checkpoint(values.Int("every")),
        Key.Needed<Checkpoint>("every", new IntegerType(1, int.MaxValue), c => c.Every,
            "Steps between two checkpoints; one more is written at each epoch's end.", main: true));

    internal static Kind EarlyStopping { get; } = Kind.Of("early_stopping", "When a run ends before its last epoch.",
        values => new EarlyStopping(values.Int("patience"), values.Number("min_delta"), values.Get<StopMetric>("metric")),
        Key.Needed<EarlyStopping>("patience", new IntegerType(1, JobLimits.MaxEpochs), s => s.Patience,
            "Epochs in a row without improvement after which the run ends.", main: true),
        Key.Optional<EarlyStopping>("min_delta", new NumberType(0), 0f, s => (float)s.MinDelta, "How much better counts as better."),
        Key.Optional<EarlyStopping>("metric", new WordType<StopMetric>("metric", ("best", StopMetric.Best),
            ("test-accuracy", StopMetric.TestAccuracy), ("test-loss", StopMetric.TestLoss), ("train-loss", StopMetric.TrainLoss)),
            StopMetric.Best, s => s.Metric, "What an epoch is judged by; best: test accuracy where there is one, else test loss, else train loss."));

    /// <summary>The job as a whole: its keys are those of the file.</summary>
    public static Kind Job { get; } = Kind.Of("job", "All that decides a run.",
        values => new Job
        {
            Name = values.Text("name"),
            Seed = values.Seed("seed"),
            Data = values.Get<DataSpec>("data"),
            Model = new Sequential([.. values.Get<ImmutableArray<object>>("model").Cast<Layer>()]),
            Loss = values.Get<Loss>("loss"),
            Optimizer = values.Get<Optimizer>("optimizer"),
            Regularizer = values.Get<Regularizer?>("regularizer"),
            Batch = values.Int("batch"),
            Shards = values.Int("shards"),
            Epochs = values.Int("epochs"),
            Checkpoint = values.Get<Checkpoint?>("checkpoint"),
            Target = values.Get<TargetSource>("target"),
            ClipNorm = values.Get<float?>("clip_norm"),
            EarlyStopping = values.Get<EarlyStopping?>("early_stopping"),
            Schedule = values.Get<RateSchedule?>("schedule"),
            RateChanges = values.Get<RateChanges>("rate_changes"),
            OnNan = values.Get<NonFinitePolicy>("on_nan"),
            Augment = [.. values.Get<ImmutableArray<object>?>("augment")?.Cast<Augmentation>() ?? []],
        },
        Key.Optional<Job>("name", CommonTypes.Name, "job", j => j.Name, "For displays and folders; changes nothing.", inAnswer: false),
        Key.Optional<Job>("seed", CommonTypes.Seed, 1L, j => j.Seed, "Seed of the initial weights and of the samples' order."),
        Key.Needed<Job>("data", new ChoiceType(Data), j => j.Data, "Where the samples come from."),
        Key.Needed<Job>("model", new ListType(() => Layers, JobLimits.MaxLayers), j => j.Model.Layers,
            "The layers, first to last; the last one gives a score for each class."),
        Key.Needed<Job>("loss", new ChoiceType(Losses), j => j.Loss, "What is made small, averaged over the samples of a batch."),
        Key.Needed<Job>("optimizer", new ChoiceType(Optimizers), j => j.Optimizer, "How a gradient becomes new weights."),
        Key.Optional<Job>("regularizer", new ChoiceType(Regularizers, "none"), null, j => j.Regularizer,
            "A penalty on the weights, added to the mean loss."),
        Key.Needed<Job>("batch", new IntegerType(1, JobLimits.MaxSamples), j => j.Batch,
            "Samples of a mini-batch; the last one of an epoch may be smaller."),
        Key.Optional<Job>("shards", new IntegerType(1, Engine.Training.BatchLayout.MaxShards, powerOfTwo: true), 8L, j => j.Shards,
            "Virtual shards of a batch: at least as many as the workers it should feed. Part of the answer."),
        Key.Needed<Job>("epochs", new IntegerType(1, JobLimits.MaxEpochs), j => j.Epochs, "Passes over the training samples."),
        Key.Optional<Job>("checkpoint", new SectionType(Checkpoint, "none"), null, j => j.Checkpoint,
            "When checkpoints are written, besides those at each epoch's end.", inAnswer: false),
        Key.Optional<Job>("target", new WordType<TargetSource>("target", ("data", TargetSource.Data), ("features", TargetSource.Features)),
            TargetSource.Data, j => j.Target,
            "data: what the data says of each sample; features: the sample itself, as an autoencoder learns it.", later: true),
        Key.Optional<Job>("clip_norm", new OptionalType(new NumberType(0, above: true), "none"), null, j => j.ClipNorm,
            "The gradient is scaled down to this Euclidean norm where it is longer.", later: true),
        Key.Optional<Job>("early_stopping", new SectionType(EarlyStopping, "none"), null, j => j.EarlyStopping,
            "Ends the run when epochs bring nothing better.", later: true),
        Key.Optional<Job>("schedule", new ChoiceType(Schedules, "none"), null, j => j.Schedule,
            "How the learning rate changes over the run.", later: true),
        Key.Optional<Job>("rate_changes", new RateChangesType(), RateChanges.None, j => j.RateChanges,
            "From a step on, counted from 0, the optimizer's rate is another one: what a client of a run may set while it goes on, said beforehand.", later: true),
        Key.Optional<Job>("augment", new OptionalType(new ListType(() => Augmentations, JobLimits.MaxAugmentations), "none"), null,
            j => j.Augment.Count == 0 ? null : j.Augment,
            "Random changes of the training samples, one after another, anew in each epoch; never of the test samples.", later: true),
        Key.Optional<Job>("on_nan", new WordType<NonFinitePolicy>("policy", ("stop", NonFinitePolicy.Stop), ("skip", NonFinitePolicy.Skip)),
            NonFinitePolicy.Stop, j => j.OnNan,
            "A step whose loss or gradient holds NaN or infinity: stop ends the run and names the cause; skip leaves the weights as they are, and goes on.",
            later: true));
}
