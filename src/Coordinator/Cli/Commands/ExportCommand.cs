using System.CommandLine;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Cli.Exporting;
using Distributed.Engine;
using Distributed.Engine.Checkpoints;
using Distributed.Jobs;
using Distributed.Onnx;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>export CHECKPOINT --onnx FILE</c>: the model for other programs.</summary>
internal static class ExportCommand
{
    private const string Suffix = ".onnx";

    public static Command Create()
    {
        var command = new Command("export", "Write a checkpoint's model as ONNX, for other programs to run: browsers, phones, servers.");
        var checkpoint = CheckpointSource.Argument();
        var onnx = new Option<string>("--onnx")
        {
            HelpName = "FILE.onnx",
            Required = true,
            Description = $"Where the model goes. Its input \"{OnnxFile.Input}\" takes samples scaled as the job scales them; the file's metadata say how.",
        };
        var scaling = new Option<bool>("--with-scaling")
        {
            Description = "The model scales its input by itself: it takes numbers as the data has them, pixels from 0 to 255.",
        };
        var set = RunOptionsSet.Set();
        command.Arguments.Add(checkpoint);
        foreach (var option in (Option[])[onnx, scaling, set]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var loaded = CheckpointSource.Load(parsed.GetValue(checkpoint)!);
            Console.Out.WriteLine(Export(loaded, parsed.GetValue(set)!, parsed.GetValue(onnx)!, parsed.GetValue(scaling)));
            return ExitCode.Done;
        });
        return command;
    }

    /// <returns>What was written.</returns>
    /// <exception cref="UserException">A layer cannot be written as ONNX, or the name is of something else; nothing is written.</exception>
    /// <exception cref="CheckpointException">The checkpoint does not fit its job, or the disk refuses.</exception>
    internal static string Export(Checkpoint checkpoint, string[] overrides, string path, bool withScaling)
    {
        if (Directory.Exists(path)) throw new UserException($"--onnx {path} is a folder; a file is wanted");
        if (!path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) throw new UserException($"--onnx {path}: wanted a name that ends with {Suffix}");
        var trained = TrainedModel.Of(checkpoint, overrides);
        var model = trained.Setup.Model;
        try
        {
            OnnxFile.Write(path, model, trained.Weights, ExportNotes.Of(trained, withScaling), withScaling ? trained.Samples.Scaler : null);
        }
        catch (OnnxException wrong)
        {
            throw new UserException(wrong.Message, wrong);
        }
        return $"{path}  {OnnxFile.Input} {Named(model.Features.Shape)} -> {OnnxFile.Output} {Named(model.Scores.Shape)}, opset {OnnxFile.Opset}, "
            + $"{new FileInfo(path).Length} bytes";
    }

    private static string Named(Shape shape) => $"[{string.Join(", ", (string[])[OnnxFile.Samples, .. shape.Sample.Extents.ToArray().Select(extent => $"{extent}")])}]";
}
