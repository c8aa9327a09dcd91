using System.Collections.Immutable;
using Distributed.Engine.Graphs;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Checkpoints;

/// <summary>All that a run needs to go on as if it had never stopped.</summary>
/// <remarks>
/// Stored as a safetensors file: a tensor for each parameter under its name, the optimizer's vectors as
/// "optimizer.momentum/linear1.weight", everything else in the metadata (see <see cref="CheckpointFormat"/>).
/// </remarks>
public sealed record Checkpoint
{
    /// <summary>As loaded: names, shapes and roles are those of the file, initializers are all zero (a file keeps none).</summary>
    public required ParameterLayout Parameters { get; init; }

    /// <summary>The flat vector of <see cref="Parameters"/>.</summary>
    public required float[] Weights { get; init; }

    public required OptimizerState State { get; init; }

    public required CheckpointProgress Progress { get; init; }

    /// <summary>The job as the user wrote it, YAML.</summary>
    public required string JobText { get; init; }

    /// <summary>Hexadecimal; what the job's makers compare by.</summary>
    public required string JobFingerprint { get; init; }

    /// <summary>Hexadecimal; of the training set.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Whatever else is to be kept, by name.</summary>
    public ImmutableSortedDictionary<string, string> Notes { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>SHA-256 of the weights, 64 hexadecimal digits.</summary>
    public string WeightsFingerprint => Fingerprint.Of(Weights);

    /// <summary>The file it was loaded from; null: it was made here.</summary>
    public string? Path { get; init; }

    /// <summary>Writes aside, flushes to the disk and renames.</summary>
    /// <param name="storage">Null: this machine's disk.</param>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public void Save(string path, ICheckpointStorage? storage = null)
    {
        var (tensors, metadata) = CheckpointFormat.Write(this);
        SafeTensorsFile.Write(path, tensors, metadata, storage);
    }

    /// <summary>Reads a file whole and checks all its checksums.</summary>
    /// <param name="storage">Null: this machine's disk.</param>
    /// <exception cref="CheckpointException">The file is missing, torn, damaged or not a checkpoint.</exception>
    public static Checkpoint Load(string path, ICheckpointStorage? storage = null) =>
        CheckpointFormat.Read(SafeTensorsFile.Read(path, requireChecksums: true, storage), path);

    /// <summary>This checkpoint under the model's own layout, which it must fit in every name and shape.</summary>
    /// <param name="optimizer">Its state vectors must be those of the checkpoint.</param>
    /// <exception cref="CheckpointException">It is of another model or optimizer: names the first tensor that differs.</exception>
    public Checkpoint Fit(ParameterLayout expected, Optimizer optimizer)
    {
        for (var i = 0; i < Math.Max(expected.Slices.Length, Parameters.Slices.Length); i++)
        {
            var (wanted, got) = (expected.Slices.ElementAtOrDefault(i), Parameters.Slices.ElementAtOrDefault(i));
            if (wanted is null || got is null || wanted.Name != got.Name || wanted.Shape != got.Shape)
                throw new CheckpointException($"{Source} is of another model: the model has {Describe(wanted)}, " +
                    $"the checkpoint has {Describe(got)} (parameter {i})");
        }
        if (!State.Names.SequenceEqual(optimizer.StateNames))
            throw new CheckpointException($"{Source} is of another optimizer: the job's keeps {Describe(optimizer.StateNames)}, " +
                $"the checkpoint has {Describe(State.Names)}");
        if (!State.ScalarNames.SequenceEqual(optimizer.ScalarNames))
            throw new CheckpointException($"{Source} is of another optimizer: the job's keeps the numbers "
                + $"{Describe(optimizer.ScalarNames)}, the checkpoint has {Describe(State.ScalarNames)}");
        return this with { Parameters = expected };
    }

    private string Source => Path ?? "the checkpoint";

    private static string Describe(ParameterSlice? slice) => slice is null ? "none" : $"\"{slice.Name}\" {slice.Shape}";

    private static string Describe(IReadOnlyList<string> states) => states.Count == 0 ? "no state" : string.Join(", ", states);
}
