using System.CommandLine;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Engine;
using Distributed.Engine.Data;
using Distributed.Engine.Images;
using Distributed.Engine.Inspection;
using Distributed.Engine.Training;
using Distributed.Jobs;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>visualize CHECKPOINT</c>: what a model has learned, as PNG files.</summary>
internal static class VisualizeCommand
{
    public static Command Create()
    {
        var command = new Command("visualize", "Draw what a model has learned: filters, saliency, feature maps; in the plane its decision regions.");
        var checkpoint = CheckpointSource.Argument();
        var to = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "Where the pictures go (the current folder).",
        };
        var sample = CliOptions.Integer("--sample", "N", "Which test sample saliency and feature maps are of (0).", 0, int.MaxValue);
        var image = new Option<string?>("--image") { HelpName = "FILE.png", Description = "A picture of the samples' size instead of a test sample." };
        var score = CliOptions.Integer("--class", "C", "Which score saliency is of (the one decided for).", 0, int.MaxValue);
        var layer = new Option<string?>("--layer") { HelpName = "NAME", Description = "Feature maps of this layer only (every layer that gives maps)." };
        var set = RunOptionsSet.Set();
        command.Arguments.Add(checkpoint);
        foreach (var option in (Option[])[to, sample, image, score, layer, set]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var request = new Request(parsed.GetValue(to) ?? ".", parsed.GetValue(sample), parsed.GetValue(image), parsed.GetValue(score),
                parsed.GetValue(layer));
            foreach (var line in Draw(CheckpointSource.Load(parsed.GetValue(checkpoint)!), parsed.GetValue(set)!, request))
                Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    internal sealed record Request(string Folder, int? Sample, string? Image, int? Score, string? Layer);

    /// <returns>A line for each picture written.</returns>
    internal static IReadOnlyList<string> Draw(Checkpoint checkpoint, string[] overrides, Request request)
    {
        var job = JobReader.Read(checkpoint.JobText, $"the job in {checkpoint.Path}", overrides).GetOrThrow();
        var setup = job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
        var weights = checkpoint.Fit(setup.Model.Parameters, setup.Optimizer).Weights;
        var pictures = new List<(string Name, Image Image, string Meaning)>();
        if (setup.Train.SampleShape is { Rank: 3 } shape) AddImages(setup, weights, shape, request, pictures);
        else if (request is not { Sample: null, Image: null, Score: null, Layer: null })
            throw new UserException($"--sample, --image, --class and --layer are for images; the samples of this job have shape {setup.Train.SampleShape}");
        if (setup.Train.SampleShape.SampleElements == 2 && setup.Model.Target is ClassTarget)
            pictures.Add(("regions", DecisionRegions.Draw(setup.Model, weights, setup.Test ?? setup.Train), "decision regions, with the samples"));
        if (pictures.Count == 0)
            throw new UserException($"there is nothing to draw of samples of shape {setup.Train.SampleShape}: images [channels, height, width] "
                + "or points [2] with classes are wanted");
        return Write(request.Folder, pictures);
    }

    private static void AddImages(TrainingSetup setup, float[] weights, Shape shape, Request request,
        List<(string Name, Image Image, string Meaning)> pictures)
    {
        var model = setup.Model;
        var layers = model.Graph.Layers;
        var wanted = request.Layer is { } name ? layers.Where(layer => layer.Name == name).ToArray() : [.. layers];
        if (wanted.Length == 0)
            throw new UserException($"there is no layer \"{request.Layer}\"; there are {string.Join(", ", layers.Select(layer => layer.Name))}");
        if (request.Layer is not null && wanted[0].Output.Shape.Sample.Rank != 3)
            throw new UserException($"layer \"{request.Layer}\" gives no maps; those that do are "
                + string.Join(", ", layers.Where(layer => layer.Output.Shape.Sample.Rank == 3).Select(layer => layer.Name)));

        foreach (var layer in layers)
            if (TensorPictures.Filters(layer, weights, shape) is { } filters)
            {
                pictures.Add(("filters", filters, $"weights of {layer.Name}, 0 in mid-gray"));
                break;
            }
        var features = Features(setup, shape, request);
        pictures.Add(("input", TensorPictures.Sheet(features, shape[0], shape[1], shape[2], isSigned: false), "the sample itself"));
        if (model.Scores.Shape.Sample.Rank == 1)
        {
            var scores = FeatureMaps.Of(model.Network, shape, weights, features, layers.Count - 1).Values;
            if (request.Score >= scores.Length) throw new UserException($"--class {request.Score}: the model gives scores 0 to {scores.Length - 1}");
            var score = request.Score ?? Decisions.Class(scores, scores.Length) % scores.Length;
            var saliency = Saliency.Of(model.Network, shape, weights, features, score);
            for (var i = 0; i < saliency.Length; i++) saliency[i] = Math.Abs(saliency[i]);
            pictures.Add(("saliency", TensorPictures.Sheet(saliency, shape[0], shape[1], shape[2], isSigned: false),
                $"|∂score {score}/∂pixel|, the largest in white"));
        }
        for (var i = 0; i < layers.Count; i++)
        {
            if (!wanted.Contains(layers[i]) || layers[i].Output.Shape.Sample.Rank != 3) continue;
            var (values, maps) = FeatureMaps.Of(model.Network, shape, weights, features, i);
            pictures.Add(($"maps-{layers[i].Name}", TensorPictures.Sheet(values, 1, maps[1], maps[2], isSigned: false),
                $"the {maps[0]} maps of {layers[i].Name}"));
        }
    }

    /// <summary>The sample that is looked at, scaled as the model was trained.</summary>
    private static float[] Features(TrainingSetup setup, Shape shape, Request request)
    {
        var features = new float[shape.SampleElements];
        var data = setup.Test ?? setup.Train;
        if (request.Image is not { } path)
        {
            var sample = request.Sample ?? 0;
            if (sample >= data.Count) throw new UserException($"--sample {sample}: there are samples 0 to {data.Count - 1}");
            data.CopyFeatures([sample], features);
            return features;
        }
        if (setup.Train is not StoredDataSet stored) throw new UserException("--image is for a job whose target is the data's own");
        return new NewSamples(stored).Picture(path);
    }

    private static List<string> Write(string folder, List<(string Name, Image Image, string Meaning)> pictures)
    {
        var lines = new List<string>();
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--out {folder}: the folder cannot be made: {wrong.Message}", wrong);
        }
        foreach (var (name, image, meaning) in pictures)
        {
            var path = Path.Combine(folder, $"{name}.png");
            ImageFile.Write(path, image);
            lines.Add($"{path}  {image.Width} x {image.Height}  {meaning}");
        }
        return lines;
    }
}
