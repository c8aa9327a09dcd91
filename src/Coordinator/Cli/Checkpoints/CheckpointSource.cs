using System.CommandLine;
using Distributed.Coordinator.Runs;
using Distributed.Engine.Checkpoints;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>A checkpoint that the user names: a file, or a folder of them or a run, by its folder or its name, whose latest whole one it is.</summary>
internal static class CheckpointSource
{
    public static Argument<string> Argument() => new("CHECKPOINT")
    {
        Description = "A checkpoint file (best.safetensors too), or a folder of them, or a run by its folder or its name: the latest whole one there.",
    };

    /// <exception cref="CheckpointException">The file is torn or no checkpoint.</exception>
    /// <exception cref="UserException">There is nothing, or the folder holds no whole one.</exception>
    public static Checkpoint Load(string path)
    {
        if (File.Exists(path)) return Checkpoint.Load(path);
        var run = RunFolder.TryFind(RunFolder.DefaultParent, path);
        if (run is null && !Directory.Exists(path))
            throw new UserException($"there is no {path}: wanted a checkpoint's file, a folder of them, or a run, by its folder or by its name in {RunFolder.DefaultParent}");
        var folder = run is null ? path : RunInfo.Read(run).CheckpointsOf(run);
        var found = new CheckpointFolder(folder).Latest();
        foreach (var skipped in found.Skipped) Console.Error.WriteLine($"skipped: {skipped.Reason}");
        return found.Checkpoint ?? throw new UserException($"there is no whole checkpoint in {folder}");
    }
}
