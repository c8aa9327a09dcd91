using System.CommandLine;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Predictions;
using Distributed.Engine.Data;
using Distributed.Engine.Training;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>predict CHECKPOINT INPUT...</c>: what a model says of new samples.</summary>
internal static class PredictCommand
{
    private const string AsTable = "table", AsJson = "json", AsCsv = "csv";

    public static Command Create()
    {
        var command = new Command("predict", "Show what a checkpoint's model says of new samples: classes with their probabilities, or numbers.");
        var checkpoint = CheckpointSource.Argument();
        var inputs = new Argument<string[]>("INPUT")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Samples of the shape that the model was trained with, scaled as they were: a PNG picture or a folder of such; a .csv or .tsv file, "
                + "a sample a line; an IDX or .npy file, the samples first.",
        };
        var format = CliOptions.Word("--format", "table|json|csv", "For people (table), or for programs, with all digits (table).", AsTable, AsJson, AsCsv);
        var top = CliOptions.Integer("--top", "K", "The K most probable classes of each sample (all, in their order).", 1, int.MaxValue);
        var set = RunOptionsSet.Set();
        command.Arguments.Add(checkpoint);
        command.Arguments.Add(inputs);
        foreach (var option in (Option[])[format, top, set]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var loaded = CheckpointSource.Load(parsed.GetValue(checkpoint)!);
            var lines = Predict(loaded, parsed.GetValue(set)!, parsed.GetValue(inputs)!, parsed.GetValue(format), parsed.GetValue(top));
            foreach (var line in lines) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    /// <returns>All that is printed: nothing is where an input is wrong.</returns>
    /// <exception cref="UserException">--top is not for what the model gives.</exception>
    /// <exception cref="DataException">An input is missing, damaged, or of samples of another shape.</exception>
    internal static IEnumerable<string> Predict(Checkpoint checkpoint, string[] overrides, string[] inputs, string? format, int? top)
    {
        var trained = TrainedModel.Of(checkpoint, overrides);
        var model = trained.Setup.Model;
        if (top is { } count && (model.Target is not ClassTarget || count > model.Target.Classes))
        {
            var wanted = model.Target is ClassTarget ? $"1 to {model.Target.Classes} are wanted" : "it ranks classes";
            throw new UserException($"--top {count}: {wanted}, the data has {model.Target}");
        }
        var samples = new NewSamples(trained.Samples, trained.Names.Table).Read(inputs);
        var predictions = Predictions(model, trained.Weights, samples);
        var names = trained.Names.Classes;
        return format switch
        {
            AsJson => PredictionWriter.Json(model, names, top, predictions),
            AsCsv => PredictionWriter.Csv(model, names, top, predictions),
            _ => PredictionWriter.Table(model, names, top, predictions),
        };
    }

    private static List<Prediction> Predictions(Model model, ReadOnlyMemory<float> weights, IReadOnlyList<NewSample> samples)
    {
        var predictor = new Predictor(model, weights, Math.Min(Predictor.DefaultSamples, samples.Count));
        var predictions = new List<Prediction>(samples.Count);
        foreach (var block in samples.Chunk(predictor.MaxSamples))
        {
            var scores = predictor.Scores(block.SelectMany(sample => sample.Features).ToArray());
            var width = scores.Length / block.Length;
            for (var i = 0; i < block.Length; i++) predictions.Add(Prediction.Of(block[i].Source, model, scores.Slice(i * width, width)));
        }
        return predictions;
    }
}
