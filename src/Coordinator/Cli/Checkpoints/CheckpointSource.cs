using Distributed.Coordinator.Runs;
using Distributed.Engine.Checkpoints;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>A checkpoint that the user names: a file, or a folder of them or of a run, whose latest whole one it is.</summary>
internal static class CheckpointSource
{
    /// <exception cref="CheckpointException">The file is missing, torn or no checkpoint.</exception>
    /// <exception cref="UserException">The folder holds no whole one.</exception>
    public static Checkpoint Load(string path)
    {
        if (!Directory.Exists(path)) return Checkpoint.Load(path);
        var folder = RunFolder.TryFind(path, path) is { } run ? RunInfo.Read(run).CheckpointsOf(run) : path;
        var found = new CheckpointFolder(folder).Latest();
        foreach (var skipped in found.Skipped) Console.Error.WriteLine($"skipped: {skipped.Reason}");
        return found.Checkpoint ?? throw new UserException($"there is no whole checkpoint in {folder}");
    }
}
