namespace Distributed.Jobs.Tests;

/// <summary>Files that tests find by walking up from where they run.</summary>
internal static class TestFiles
{
    public static string Examples => Up("examples") ?? throw new DirectoryNotFoundException("no folder examples above the tests");

    public static string Documentation => Path.Combine(Path.GetDirectoryName(Examples)!, "docs", "jobs.md");

    public static string Schema => Path.ChangeExtension(Documentation, ".schema.json");

    /// <summary>$DISTRIBUTED_DATA/mnist or the nearest shared/data/mnist; null: neither is there.</summary>
    public static string? Mnist
    {
        get
        {
            var set = Environment.GetEnvironmentVariable("DISTRIBUTED_DATA");
            var folder = set is null ? Up(Path.Combine("shared", "data", "mnist")) : Path.Combine(set, "mnist");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    private static string? Up(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, path);
            if (Directory.Exists(found)) return found;
        }
        return null;
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("jobs-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
