using System.Security.Cryptography;
using System.Text;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Data.Augmentations;
using Distributed.Engine.Layers;
using Distributed.Engine.Losses;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;
using Distributed.Jobs.Catalogs;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs;

/// <summary>All that decides a run: read from YAML by <see cref="JobReader"/>, or built in C#.</summary>
/// <remarks>Two jobs are equal when their canonical forms are the same text. Values are checked when the job is prepared
/// (<see cref="JobPreparation.Prepare(Job, PrepareOptions)"/>), by the same rules for both ways of making one.</remarks>
/// <example><code>
/// new Job
/// {
///     Data = new SpiralData(),
///     Model = new Sequential(new Linear(100), new ReLU(), new Linear(3)),
///     Loss = new SoftmaxCrossEntropyLoss(),
///     Optimizer = new Sgd(1, Momentum: 0.9f),
///     Batch = 300,
///     Epochs = 200,
/// }
/// </code></example>
public sealed record Job
{
    /// <summary>For displays and folders; changes nothing.</summary>
    public string Name { get; init; } = "job";

    /// <summary>Seed of the initial weights and of the samples' order, 0 to 2^63−1.</summary>
    public ulong Seed { get; init; } = 1;

    public required DataSpec Data { get; init; }

    public required Sequential Model { get; init; }

    public required Loss Loss { get; init; }

    public required Optimizer Optimizer { get; init; }

    public Regularizer? Regularizer { get; init; }

    /// <summary>Samples of a mini-batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Virtual shards of a batch, a power of two.</summary>
    public int Shards { get; init; } = 8;

    public required int Epochs { get; init; }

    /// <summary>null: at each epoch's end only.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>What a sample is to be answered with.</summary>
    public TargetSource Target { get; init; }

    /// <summary>The gradient is scaled down to this Euclidean norm where it is longer; null: never.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>What becomes of a step whose loss or gradient holds NaN or infinity.</summary>
    public NonFinitePolicy OnNan { get; init; }

    /// <summary>null: the run goes on to its last epoch.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>null: the learning rate stays as it is.</summary>
    public RateSchedule? Schedule { get; init; }

    /// <summary>From which steps on the optimizer's rate is another one.</summary>
    public RateChanges RateChanges { get; init; } = RateChanges.None;

    /// <summary>Random changes of the training samples, one after another.</summary>
    public IReadOnlyList<Augmentation> Augment { get; init; } = [];

    /// <summary>The text that the job was read from; null: built in C#.</summary>
    internal JobSource? Source { get; init; }

    /// <summary>The canonical form: every default written out, keys in the catalog's order; reading it gives an equal job.</summary>
    /// <exception cref="JobException">A layer, loss or other part is of no kind that a job can name.</exception>
    public string ToYaml() => YamlText.Of(Catalog.Job.Write(this, new CanonicalScope("", AnswerOnly: false)));

    /// <summary>SHA-256 of the canonical form without what cannot change the answer: name, paths of data, checkpoint interval.</summary>
    /// <exception cref="JobException">As <see cref="ToYaml"/>.</exception>
    public byte[] Fingerprint => SHA256.HashData(Encoding.UTF8.GetBytes(
        "distributed job 1\n" + YamlText.Of(Catalog.Job.Write(this, new CanonicalScope("", AnswerOnly: true)))));

    /// <summary>The same job with every path absolute, so that a process with another current folder finds the same data.</summary>
    /// <param name="baseFolder">The job file's folder, where relative paths begin.</param>
    public Job Resolved(string baseFolder) =>
        this with { Data = Data.Resolved(new DataPlaces(Path.GetFullPath(baseFolder), null)) };

    /// <summary>What the model is to answer to samples of a shape of which the data says <paramref name="own"/>.</summary>
    internal Target TargetOf(Shape sample, Target own) => Target == TargetSource.Features ? new ValueTarget(sample) : own;

    public bool Equals(Job? other) => other is not null && (ReferenceEquals(this, other) || ToYaml() == other.ToYaml());

    public override int GetHashCode() => ToYaml().GetHashCode(StringComparison.Ordinal);
}
