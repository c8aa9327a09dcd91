using System.Collections.Immutable;
using System.Globalization;
using Distributed.Engine.Graphs;
using Distributed.Engine.Initialization;
using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Engine.Checkpoints;

/// <summary>What a checkpoint is called in its file.</summary>
/// <remarks><code>
/// tensor    NAME                       a parameter, in model order
/// tensor    optimizer.STATE/NAME       a state vector's slice of that parameter
/// metadata  format                     "distributed checkpoint 2"
///           job, job_fingerprint, data_fingerprint, weights_fingerprint
///           step, epoch, batch         whole numbers
///           epoch_loss, epoch_correct, epoch_samples
///           loss_history, train_accuracy_history, test_loss_history, accuracy_history
///                                      a number for each epoch, "-" where there is none, blanks between
///           rate_changes               "1200=0.01" for a learning rate set at a step, blanks between; not there in older files: none
///           skipped_steps              numbers from 0, "57-58" for a run of them, blanks between; not there in older files: none
///           train_seconds, bytes_sent, bytes_received
///           parameter_roles            "weight", "bias", "norm" or "statistic" for each parameter, blanks between
///           optimizer_states           names, blanks between
///           optimizer_scalars          name=number, blanks between
///           note.NAME                  anything else
/// </code>
/// Doubles are written with as many digits as give the same bits back.
/// </remarks>
internal static class CheckpointFormat
{
    public const string Format = "distributed checkpoint 2";

    private const string NotePrefix = "note.", StatePrefix = "optimizer.";

    public static (List<SafeTensor> Tensors, Dictionary<string, string> Metadata) Write(Checkpoint checkpoint)
    {
        var (layout, weights, state, progress) = (checkpoint.Parameters, checkpoint.Weights, checkpoint.State, checkpoint.Progress);
        if (weights.Length != layout.Count)
            throw new ArgumentException($"checkpoint: the layout has {layout.Count} weights, got {weights.Length}");
        var tensors = new List<SafeTensor>();
        foreach (var slice in layout.Slices)
        {
            if (slice.Name.StartsWith(StatePrefix, StringComparison.Ordinal))
                throw new ArgumentException($"checkpoint: parameter \"{slice.Name}\": " +
                    $"names beginning with {StatePrefix} are the optimizer's");
            tensors.Add(new SafeTensor(slice.Name, slice.Shape, weights.AsMemory(slice.Offset, slice.Count)));
        }
        for (var i = 0; i < state.Names.Count; i++)
            foreach (var slice in layout.Slices)
                tensors.Add(new SafeTensor(StateTensor(state.Names[i], slice), slice.Shape,
                    state[i].Slice(slice.Offset, slice.Count)));

        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["job"] = checkpoint.JobText,
            ["job_fingerprint"] = checkpoint.JobFingerprint,
            ["data_fingerprint"] = checkpoint.DataFingerprint,
            ["weights_fingerprint"] = checkpoint.WeightsFingerprint,
            ["step"] = Text(progress.Step),
            ["epoch"] = Text(progress.Epoch),
            ["batch"] = Text(progress.Batch),
            ["epoch_loss"] = Text(progress.EpochLoss.Loss),
            ["epoch_correct"] = Text(progress.EpochLoss.Correct),
            ["epoch_samples"] = Text(progress.EpochLoss.Samples),
            ["loss_history"] = History(progress, epoch => epoch.MeanLoss),
            ["train_accuracy_history"] = History(progress, epoch => epoch.TrainAccuracy),
            ["test_loss_history"] = History(progress, epoch => epoch.TestLoss),
            ["accuracy_history"] = History(progress, epoch => epoch.TestAccuracy),
            ["skipped_steps"] = progress.SkippedSteps.ToString(),
            ["rate_changes"] = progress.RateChanges.ToString(),
            ["train_seconds"] = Text(progress.TrainSeconds),
            ["bytes_sent"] = Text(progress.BytesSent),
            ["bytes_received"] = Text(progress.BytesReceived),
            ["parameter_roles"] = string.Join(' ', layout.Slices.Select(slice => RoleName(slice.Role))),
            ["optimizer_states"] = string.Join(' ', state.Names),
            ["optimizer_scalars"] = string.Join(' ', state.ScalarNames.Select((name, i) => $"{name}={Text(state.Scalars[i])}")),
        };
        foreach (var (name, note) in checkpoint.Notes) metadata.Add(NotePrefix + name, note);
        return (tensors, metadata);
    }

    /// <exception cref="CheckpointException">Not a checkpoint, or its parts do not fit each other.</exception>
    public static Checkpoint Read(SafeTensorsContents contents, string path)
    {
        var metadata = new CheckpointMetadata(contents.Metadata, path);
        if (metadata.Text("format") != Format)
            throw new CheckpointException($"{path}: format \"{Format}\" is wanted, got \"{metadata.Text("format")}\"");
        var layout = Layout(contents, metadata, path);
        var weights = new float[layout.Count];
        Gather(contents, layout, slice => slice.Name, weights, path);
        var (scalars, states) = (metadata.NamedNumbers("optimizer_scalars"), metadata.Words("optimizer_states"));
        if (contents.Tensors.Length != layout.Slices.Length * (1L + states.Count))
            throw new CheckpointException($"{path}: {layout.Slices.Length} parameters with {states.Count} state vectors want " +
                $"{layout.Slices.Length * (1L + states.Count)} tensors, got {contents.Tensors.Length}");
        var state = new OptimizerState(states, layout.Count, [.. scalars.Select(pair => pair.Name)]);
        for (var i = 0; i < scalars.Length; i++) state.Scalars[i] = scalars[i].Number;
        for (var i = 0; i < state.Names.Count; i++)
        {
            var name = state.Names[i];
            Gather(contents, layout, slice => StateTensor(name, slice), state[i].Span, path);
        }
        var checkpoint = new Checkpoint
        {
            Path = path,
            Parameters = layout,
            Weights = weights,
            State = state,
            JobText = metadata.Text("job"),
            JobFingerprint = metadata.Text("job_fingerprint"),
            DataFingerprint = metadata.Text("data_fingerprint"),
            Progress = new CheckpointProgress(metadata.Count("step", long.MaxValue), (int)metadata.Count("epoch", int.MaxValue),
                (int)metadata.Count("batch", int.MaxValue),
                new LossSum(metadata.Number("epoch_loss"), metadata.Count("epoch_correct", long.MaxValue),
                    (int)metadata.Count("epoch_samples", int.MaxValue)),
                Epochs(metadata, path), metadata.Number("train_seconds"),
                metadata.Count("bytes_sent", long.MaxValue), metadata.Count("bytes_received", long.MaxValue))
            { SkippedSteps = Skipped(metadata, path), RateChanges = Rates(metadata, path) },
            Notes = contents.Metadata.Where(pair => pair.Key.StartsWith(NotePrefix, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(pair => pair.Key[NotePrefix.Length..], pair => pair.Value, StringComparer.Ordinal),
        };
        if (checkpoint.WeightsFingerprint != metadata.Text("weights_fingerprint"))
            throw new CheckpointException($"{path}: the weights' fingerprint is {checkpoint.WeightsFingerprint}, " +
                $"{metadata.Text("weights_fingerprint")} is wanted");
        return checkpoint;
    }

    private static ParameterLayout Layout(SafeTensorsContents contents, CheckpointMetadata metadata, string path)
    {
        var parameters = contents.Tensors.Where(tensor => !tensor.Name.StartsWith(StatePrefix, StringComparison.Ordinal)).ToList();
        var roles = metadata.Words("parameter_roles");
        if (roles.Count != parameters.Count)
            throw new CheckpointException($"{path}: {parameters.Count} parameters want as many roles, got {roles.Count}");
        var (slices, offset) = (ImmutableArray.CreateBuilder<ParameterSlice>(), 0L);
        for (var i = 0; i < parameters.Count; i++)
        {
            var role = roles[i] switch
            {
                "weight" => ParameterRole.Weight,
                "bias" => ParameterRole.Bias,
                "norm" => ParameterRole.Norm,
                "statistic" => ParameterRole.Statistic,
                var other => throw new CheckpointException($"{path}: a role is weight, bias, norm or statistic, got \"{other}\""),
            };
            slices.Add(new ParameterSlice(parameters[i].Name, parameters[i].Shape, (int)offset, role, Initializer.Zero));
            offset += parameters[i].Data.Length;
            if (offset > Array.MaxLength)
                throw new CheckpointException($"{path}: more than {Array.MaxLength} weights are not read");
        }
        return new ParameterLayout(slices.ToImmutable());
    }

    private static void Gather(SafeTensorsContents contents, ParameterLayout layout, Func<ParameterSlice, string> name, Span<float> flat,
        string path)
    {
        foreach (var slice in layout.Slices)
        {
            var tensor = contents.Find(name(slice)) ?? throw new CheckpointException($"{path}: there is no tensor \"{name(slice)}\"");
            if (tensor.Shape != slice.Shape)
                throw new CheckpointException($"{path}: tensor \"{tensor.Name}\" has shape {tensor.Shape}, {slice.Shape} is wanted");
            tensor.Data.Span.CopyTo(flat.Slice(slice.Offset, slice.Count));
        }
    }

    private static string History(CheckpointProgress progress, Func<EpochResult, double?> part) =>
        string.Join(' ', progress.Epochs.Select(epoch => part(epoch) is { } number ? Text(number) : CheckpointMetadata.None));

    private static ImmutableArray<EpochResult> Epochs(CheckpointMetadata metadata, string path)
    {
        var losses = metadata.Numbers("loss_history");
        var (train, testLoss, test) = (Optional("train_accuracy_history"), Optional("test_loss_history"), Optional("accuracy_history"));
        return [.. losses.Select((loss, i) => new EpochResult(i, loss, train[i], testLoss[i], test[i]))];

        ImmutableArray<double?> Optional(string key)
        {
            var numbers = metadata.OptionalNumbers(key);
            if (numbers.Length == losses.Length) return numbers;
            throw new CheckpointException($"{path}: metadata \"{key}\" is of {losses.Length} epochs, got {numbers.Length}");
        }
    }

    private static SkippedSteps Skipped(CheckpointMetadata metadata, string path)
    {
        if (metadata.Find("skipped_steps") is not { } text) return SkippedSteps.None;
        var step = metadata.Count("step", long.MaxValue);
        return SkippedSteps.Parse(text, step)
            ?? throw new CheckpointException($"{path}: metadata \"skipped_steps\" holds numbers below {step} in order, got \"{text}\"");
    }

    private static RateChanges Rates(CheckpointMetadata metadata, string path) =>
        metadata.Find("rate_changes") is not { } text ? RateChanges.None
            : RateChanges.Parse(text) ?? throw new CheckpointException($"{path}: metadata \"rate_changes\" holds step=rate in order, got \"{text}\"");

    private static string StateTensor(string state, ParameterSlice slice) => $"{StatePrefix}{state}/{slice.Name}";

    private static string RoleName(ParameterRole role) => role switch
    {
        ParameterRole.Weight => "weight",
        ParameterRole.Bias => "bias",
        ParameterRole.Norm => "norm",
        ParameterRole.Statistic => "statistic",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
