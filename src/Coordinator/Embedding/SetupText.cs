using System.Security.Cryptography;
using System.Text;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker;

namespace Distributed.Coordinator.Embedding;

/// <summary>A setup that was built by code, in lines that two processes can compare: what travels where a job's YAML does else.</summary>
/// <remarks>Code is known by the versions of the modules that define it: who runs the same program builds the same layers. What follows from more
/// than code (settings, shapes, the initial weights) stands there by itself, so that a difference has a name.</remarks>
internal static class SetupText
{
    private const string Separator = ": ";

    /// <returns>The setup with its fingerprints, and its text.</returns>
    public static (LoadedJob Job, string Text) Load(TrainingSetup setup)
    {
        var text = Of(setup);
        return (new LoadedJob(setup, SHA256.HashData(Encoding.UTF8.GetBytes(text)), setup.DataFingerprint()), text);
    }

    /// <summary>The names of what differs, with both values.</summary>
    public static IReadOnlyList<string> Differences(string here, string there)
    {
        var theirs = Lines(there);
        return [.. Lines(here).Where(line => theirs.GetValueOrDefault(line.Key) != line.Value)
            .Select(line => $"{line.Key} is {line.Value} here, {theirs.GetValueOrDefault(line.Key) ?? "nothing"} there")];
    }

    private static string Of(TrainingSetup setup)
    {
        var parameters = setup.Model.Parameters;
        var operations = setup.Model.Graph.Values.Select(value => value.Operation).OfType<object>();
        object?[] made = [setup.Model.Network, setup.Model.Loss, setup.Optimizer, setup.Regularizer, setup.RateSchedule, .. setup.Augmentations, .. operations];
        var modules = made.OfType<object>().Select(part => part.GetType().Module).Distinct()
            .Select(module => $"{module.Name} {module.ModuleVersionId:N}").Order(StringComparer.Ordinal);
        (string Name, object? Value)[] lines =
        [
            ("code", string.Join(", ", modules)),
            ("parameters", string.Join(", ", parameters.Slices.Select(slice => $"{slice.Name} {slice.Shape}"))),
            ("initial weights", Fingerprint.Of(parameters.InitialWeights(setup.Seed))),
            ("operations", string.Join(", ", setup.Model.Graph.Values.Select(value => $"{value.Name} {value.Shape}"))),
            ("training samples", setup.Train.Count),
            ("loss", setup.Model.Loss),
            ("optimizer", setup.Optimizer),
            ("regularizer", setup.Regularizer),
            ("schedule", setup.RateSchedule),
            ("rate changes", string.Join(", ", setup.RateChanges.All.Select(change => $"{change}"))),
            ("clip norm", setup.ClipNorm),
            ("not finite", setup.OnNonFinite),
            ("early stopping", setup.EarlyStopping),
            ("augmentations", string.Join(", ", setup.Augmentations)),
            ("batch", setup.Batch),
            ("shards", setup.Shards),
            ("epochs", setup.Epochs),
            ("seed", setup.Seed),
        ];
        var text = new StringBuilder();
        foreach (var (name, value) in lines) text.Append(name).Append(Separator).Append($"{value ?? "none"}".ReplaceLineEndings(" ")).Append('\n');
        return text.ToString();
    }

    private static Dictionary<string, string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(Separator, 2)).ToDictionary(parts => parts[0], parts => parts.ElementAtOrDefault(1) ?? "");
}
