using System.CommandLine;
using System.Globalization;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Coordinator.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Data;
using Distributed.Jobs;
using Distributed.Worker;
using Distributed.Worker.Cli;
using Checkpoint = Distributed.Engine.Checkpoints.Checkpoint;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>import JOB.yaml --weights FILE --out CHECKPOINT</c>: weights that another program made, as a checkpoint of step 0.</summary>
internal static class ImportCommand
{
    private const string Suffix = ".safetensors";

    public static Command Create()
    {
        var command = new Command("import", "Make a checkpoint of weights from another program (safetensors), to train on from, evaluate and predict with.");
        var job = new Argument<string>("JOB.yaml") { Description = "The job file: its model is what the weights are of." };
        var weights = new Option<string>("--weights") { HelpName = "FILE.safetensors", Required = true, Description = "The weights: float32, float16, bfloat16 or float64." };
        var to = new Option<string>("--out")
        {
            HelpName = "CHECKPOINT",
            Required = true,
            Description = "Where the checkpoint goes: a file named .safetensors, or a folder for train --checkpoints DIR --resume, with no checkpoint in it yet.",
        };
        var map = new Option<string[]>("--map")
        {
            HelpName = "THEIRS=OURS|FILE",
            DefaultValueFactory = _ => [],
            Description = "What a tensor of theirs is called here: 0.weight=linear1.weight, or 0=linear1 for all that begins with \"0.\"; 0= leaves it out. Or a file of "
                + "such lines. PyTorch's names within normalizations are known.",
        };
        var transpose = new Option<string[]>("--transpose")
        {
            HelpName = "OURS=AXES",
            DefaultValueFactory = _ => [],
            Description = "Reorder a tensor's axes, as NumPy's transpose does: linear1.weight=1,0 where theirs is [in, out]; conv1.weight=3,2,0,1 where it is "
                + "[rows, columns, channels, maps].",
        };
        var set = RunOptionsSet.Set();
        command.Arguments.Add(job);
        foreach (var option in (Option[])[weights, to, map, transpose, set]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var request = new Request(parsed.GetValue(job)!, parsed.GetValue(set)!, parsed.GetValue(weights)!, parsed.GetValue(to)!, parsed.GetValue(map)!,
                parsed.GetValue(transpose)!);
            foreach (var line in Import(request)) Console.Out.WriteLine(line);
            return ExitCode.Done;
        });
        return command;
    }

    internal sealed record Request(string Job, string[] Overrides, string Weights, string To, string[] Map, string[] Transpose);

    /// <returns>What was written.</returns>
    /// <exception cref="JobException">The job is wrong.</exception>
    /// <exception cref="DataException">The job's data is missing or wrong.</exception>
    /// <exception cref="CheckpointException">The weights cannot be read or do not fit the model, or the disk refuses; nothing is written.</exception>
    /// <exception cref="UserException">--map or --transpose is wrong, or --out names what is there already.</exception>
    internal static IReadOnlyList<string> Import(Request request)
    {
        var names = new TensorNames(request.Map.SelectMany(Entries));
        var axes = Axes(request.Transpose);
        CheckFree(request.To);
        var job = JobFile.ReadResolved(request.Job, request.Overrides);
        var setup = job.Prepare(new PrepareOptions { BaseFolder = Environment.CurrentDirectory });
        var layout = setup.Model.Parameters;
        var weights = WeightImport.Of(request.Weights, SafeTensorsFile.ReadForeign(request.Weights), layout, names, axes);

        var beginning = new RunSnapshot(0, weights, setup.Optimizer.NewState(layout.Count), default, [], 0, 0) { RateChanges = setup.RateChanges };
        var checkpoint = FileCheckpointStore.ToCheckpoint(beginning, job.ToYaml(), new LoadedJob(setup, job.Fingerprint, setup.DataFingerprint()));
        var path = Save(checkpoint, request.To);
        return [$"checkpoint   {path}", string.Create(CultureInfo.InvariantCulture, $"parameters   {layout.Count}"), $"fingerprint  {checkpoint.WeightsFingerprint}"];
    }

    /// <exception cref="UserException">There is a file, or a folder with checkpoints.</exception>
    private static void CheckFree(string path)
    {
        if (IsFile(path) && Directory.Exists(path)) throw new UserException($"--out {path} is a folder; a name for a file is wanted before {Suffix}");
        if (File.Exists(path)) throw new UserException($"--out {path} is there already: give another name");
        if (IsFile(path)) return;
        var folder = new CheckpointFolder(path);
        if (folder.NewestStep is { } step) throw new UserException($"--out {path} holds checkpoints already, the latest of step {step}: give another folder");
        if (File.Exists(folder.BestFile)) throw new UserException($"--out {path} holds the best checkpoint of another run: give another folder");
    }

    private static string Save(Checkpoint checkpoint, string path)
    {
        if (!IsFile(path)) return new CheckpointFolder(path).Save(checkpoint).Path;
        checkpoint.Save(path);
        return path;
    }

    private static bool IsFile(string path) => path.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The entries of one --map: itself, or the lines of the file that it names; what follows a # is a comment.</summary>
    private static IEnumerable<string> Entries(string map)
    {
        if (map.Contains('=', StringComparison.Ordinal)) return [map];
        var text = WholeFile.ReadText(map) ?? throw new UserException($"--map: wanted theirs=ours or a file of such lines, came \"{map}\", and there is no such file");
        return text.Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);
    }

    private static Dictionary<string, int[]> Axes(string[] transposes)
    {
        var axes = new Dictionary<string, int[]>();
        foreach (var text in transposes)
        {
            var at = text.IndexOf('=');
            int[] order = at < 1 ? []
                : [.. text[(at + 1)..].Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var axis) ? axis : -1)];
            if (order.Length == 0 || order.Contains(-1)) throw new UserException($"--transpose: wanted ours=axes, as in linear1.weight=1,0, came \"{text}\"");
            if (!axes.TryAdd(text[..at], order)) throw new UserException($"--transpose: two are about {text[..at]}; one is wanted");
        }
        return axes;
    }
}
