using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Engine.Losses;
using Distributed.Onnx;

namespace Distributed.Coordinator.Cli.Exporting;

/// <summary>What an exported model says of itself: docs/export.md has the keys.</summary>
internal static class ExportNotes
{
    /// <param name="withScaling">Whether the model scales its input by itself.</param>
    public static OnnxNotes Of(TrainedModel trained, bool withScaling)
    {
        var (model, checkpoint, data) = (trained.Setup.Model, trained.Checkpoint, trained.Samples);
        var scaler = withScaling ? Scaler.None : data.Scaler;
        var metadata = new List<KeyValuePair<string, string>>
        {
            new("job", trained.Job.Name),
            new("loss", model.Loss.Name),
            new("step", checkpoint.Progress.Step.ToString(CultureInfo.InvariantCulture)),
            new("weights_fingerprint", checkpoint.WeightsFingerprint),
            new("input_values", data is ByteImageDataSet ? "bytes 0 to 255" : "numbers as in the data"),
            new("input_scaling", ScalingWord(scaler.Scaling)),
        };
        if (!scaler.Means.IsEmpty)
        {
            metadata.Add(new("input_mean", Numbers(scaler.Means)));
            metadata.Add(new("input_std", Numbers(scaler.Deviations)));
        }
        if (model.Target.Classes > 0) metadata.Add(new("classes", model.Target.Classes.ToString(CultureInfo.InvariantCulture)));
        if (trained.Names.Classes.Count > 0) metadata.Add(new("class_names", JsonSerializer.Serialize(trained.Names.Classes)));
        metadata.Add(new("probabilities", MeaningWord(model.Loss.Meaning)));
        var description = $"{trained.Job.Name}, after {checkpoint.Progress.Step} steps. {OnnxFile.Input}: {data.SampleShape} a sample, "
            + $"{(data is ByteImageDataSet ? "pixels as bytes 0 to 255" : "numbers")}, {Sentence(scaler)}. "
            + $"{OnnxFile.Output}: {model.Scores.Shape.Sample} a sample{Meaning(model.Loss.Meaning)}.";
        return new OnnxNotes(trained.Job.Name, description, metadata);
    }

    private static string ScalingWord(Scaling scaling) => scaling switch
    {
        Scaling.None => "none",
        Scaling.Unit => "unit",
        Scaling.Standardize => "standardize",
        _ => "standardize-per-feature",
    };

    private static string MeaningWord(ScoreMeaning meaning) => meaning switch
    {
        ScoreMeaning.Softmax => "softmax",
        ScoreMeaning.Logistic => "logistic",
        _ => "none",
    };

    private static string Sentence(Scaler scaler) => scaler.Scaling switch
    {
        Scaling.None => "as they are",
        Scaling.Unit => "divided by 255",
        Scaling.Standardize => string.Create(CultureInfo.InvariantCulture, $"less {scaler.Means[0]:R}, divided by {scaler.Deviations[0]:R}"),
        _ => "each feature less its input_mean, divided by its input_std (see the metadata)",
    };

    private static string Meaning(ScoreMeaning meaning) => meaning switch
    {
        ScoreMeaning.Softmax => ", of which a softmax over the classes makes probabilities",
        ScoreMeaning.Logistic => ", of which the logistic function makes probabilities",
        _ => "",
    };

    /// <summary>With as many digits as give the same bits back, blanks between.</summary>
    private static string Numbers(ImmutableArray<float> numbers) => string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
