using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli;

/// <summary>Reads a job from a file.</summary>
internal static class JobFile
{
    /// <summary>The job with absolute paths, so that processes with another current folder find the same data.</summary>
    /// <exception cref="UserException">The file cannot be read.</exception>
    /// <exception cref="JobException">The job is wrong: every problem with its place.</exception>
    public static Job Read(string path, IReadOnlyList<string> overrides)
    {
        var file = new FileInfo(path);
        if (Directory.Exists(path)) throw new UserException($"{path} is a folder; a job file is wanted");
        if (!file.Exists) throw new UserException($"there is no job file {path}");
        if (file.Length > JobLimits.MaxTextBytes)
            throw new UserException($"{path} has {file.Length} bytes; a job has at most {JobLimits.MaxTextBytes}");
        try
        {
            var job = JobReader.Read(File.ReadAllText(path), path, overrides).GetOrThrow();
            return job.Resolved(file.DirectoryName!);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {wrong.Message}", wrong);
        }
    }
}
