using System.Globalization;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Runs;

/// <summary>Where all of one run is kept.</summary>
/// <remarks><code>
/// runs/NAME/run.json        command, machine, versions, state
///           job.yaml        the resolved job
///           metrics.jsonl   steps, epochs and layers, a JSON object a line
///           events.jsonl    what happened to workers and checkpoints
///           checkpoints/    unless they were sent elsewhere
///           tensorboard/    event files
///           logs/           what coordinator and local workers log, a file for each
///           report.json     the run in numbers, at its end
/// </code></remarks>
internal sealed class RunFolder
{
    /// <summary>The environment's word for where runs are kept.</summary>
    public const string ParentVariable = "DISTRIBUTED_RUNS";

    public const int MaxNameCharacters = 100;

    private RunFolder(string path) => Path = path;

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public string InfoFile => this["run.json"];

    public string JobFile => this["job.yaml"];

    public string MetricsFile => this["metrics.jsonl"];

    public string EventsFile => this["events.jsonl"];

    public string ReportFile => this["report.json"];

    public string Checkpoints => this["checkpoints"];

    public string TensorBoard => this["tensorboard"];

    /// <summary>A file for each process that logs.</summary>
    public string Logs => this["logs"];

    private string this[string file] => System.IO.Path.Combine(Path, file);

    /// <summary>Where runs are kept that are not told otherwise.</summary>
    public static string DefaultParent => Environment.GetEnvironmentVariable(ParentVariable) is { Length: > 0 } given ? given : "runs";

    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="name">Null: the job's name and the time.</param>
    /// <exception cref="UserException">The name is taken or none, or nothing can be written there.</exception>
    public static RunFolder Create(string parent, string job, string? name, DateTimeOffset now)
    {
        if (name is not null) CheckName(name);
        CheckParent(parent);
        var stem = name ?? $"{Safe(job)}-{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        try
        {
            for (var number = 1; ; number++)
            {
                var folder = new RunFolder(System.IO.Path.Combine(parent, number == 1 ? stem : $"{stem}-{number}"));
                Directory.CreateDirectory(folder.Path);
                if (folder.TryClaim()) return folder;
                if (name is not null) throw Taken(folder);
            }
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the run's folder cannot be made in {parent}: {wrong.Message}; --runs DIR keeps it elsewhere, --no-run-folder does without", wrong);
        }
    }

    /// <param name="given">A run's folder, or its name in <paramref name="parent"/>.</param>
    /// <exception cref="UserException">There is no such run.</exception>
    public static RunFolder Find(string parent, string given)
    {
        if (TryFind(parent, given) is { } found) return found;
        var known = All(parent);
        throw new UserException($"there is no run {given}, neither a folder with a run.json nor a name in {parent}"
            + (known.Count > 0 ? $", whose latest is {known[^1].Name}" : ", which holds none"));
    }

    /// <returns>Null: there is no such run.</returns>
    public static RunFolder? TryFind(string parent, string given)
    {
        foreach (var path in (string[])[given, System.IO.Path.Combine(parent, given)])
        {
            var folder = new RunFolder(System.IO.Path.TrimEndingDirectorySeparator(path));
            if (File.Exists(folder.InfoFile)) return folder;
        }
        return null;
    }

    /// <summary>The runs that are kept there, the one that began last at the end.</summary>
    /// <exception cref="UserException">There is a file.</exception>
    public static IReadOnlyList<RunFolder> All(string parent)
    {
        CheckParent(parent);
        return !Directory.Exists(parent) ? []
            : [
                .. Directory.EnumerateDirectories(parent).Select(path => new RunFolder(path)).Where(folder => new FileInfo(folder.InfoFile) is { Exists: true, Length: > 0 })
                    .OrderBy(folder => File.GetLastWriteTimeUtc(folder.JobFile)).ThenBy(folder => folder.Name, StringComparer.Ordinal),
            ];
    }

    /// <exception cref="UserException">No run can have this name there, or one has it.</exception>
    public static void CheckFree(string parent, string name)
    {
        CheckName(name);
        var folder = new RunFolder(System.IO.Path.Combine(parent, name));
        if (File.Exists(folder.InfoFile)) throw Taken(folder);
    }

    private static UserException Taken(RunFolder folder) =>
        new($"there is a run {folder.Path} already: go on with it (--resume {folder.Name}), or give another name");

    private static void CheckParent(string parent)
    {
        if (File.Exists(parent)) throw new UserException($"{parent} is a file; the folder of all runs is wanted, by --runs DIR or in {ParentVariable}");
    }

    private bool TryClaim()
    {
        try
        {
            using var claimed = new FileStream(InfoFile, FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(InfoFile))
        {
            return false;
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length > MaxNameCharacters || name != Safe(name) || name.StartsWith('.'))
            throw new UserException($"--run-name {name}: wanted 1 to {MaxNameCharacters} letters, digits, dots, underscores and hyphens, no dot in front");
    }

    private static string Safe(string text)
    {
        var safe = string.Concat(text.Select(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '_' or '-' ? one : '-')).TrimStart('.');
        return safe.Length == 0 ? "run" : safe[..Math.Min(safe.Length, MaxNameCharacters)];
    }
}
