namespace Distributed.Engine.Tests;

/// <summary>Finds real data sets: in DISTRIBUTED_DATA, or in shared/data beside the repository or above it.</summary>
internal static class RealData
{
    /// <summary>The folder of a data set ("mnist"); skips the test, with the reason, where there is none.</summary>
    public static string Folder(string name)
    {
        if (Environment.GetEnvironmentVariable("DISTRIBUTED_DATA") is { Length: > 0 } root)
        {
            var folder = Path.Combine(root, name);
            Skip.IfNot(Directory.Exists(folder), $"DISTRIBUTED_DATA is {root}, which has no folder {name}");
            return folder;
        }
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "shared", "data", name);
            if (Directory.Exists(folder)) return folder;
        }
        Skip.If(true, $"the data set {name} is not here: no folder shared/data/{name} above {AppContext.BaseDirectory}, " +
            "and DISTRIBUTED_DATA is not set");
        return "";
    }
}
