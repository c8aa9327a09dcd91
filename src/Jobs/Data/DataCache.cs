using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Where this machine keeps public data sets that were downloaded: a folder for each, under the set's name.</summary>
/// <remarks>Processes of one user find the same folder, whatever their current one is. Jobs whose data names no folder read from here.</remarks>
public static class DataCache
{
    /// <summary>The folder of all sets, absolute; it need not be there yet.</summary>
    /// <exception cref="DataException">The user has no home folder.</exception>
    public static string Folder => FolderOf(Environment.GetEnvironmentVariable, Environment.GetFolderPath);

    /// <summary>The folder of one set.</summary>
    /// <param name="set">As <c>data get</c> calls it: "mnist".</param>
    /// <exception cref="DataException">The user has no home folder.</exception>
    public static string Of(string set) => Path.Combine(Folder, set);

    /// <summary>$XDG_CACHE_HOME/distributed/data where that is set to an absolute path; else distributed/data in the platform's folder for what can be
    /// had again: ~/.cache, ~/Library/Caches, %LOCALAPPDATA%.</summary>
    internal static string FolderOf(Func<string, string?> variable, Func<Environment.SpecialFolder, string> special)
    {
        var caches = variable("XDG_CACHE_HOME") is { } named && Path.IsPathFullyQualified(named) ? named : OfPlatform(special);
        return Path.Combine(caches, "distributed", "data");
    }

    private static string OfPlatform(Func<Environment.SpecialFolder, string> special)
    {
        var home = special(OperatingSystem.IsWindows() ? Environment.SpecialFolder.LocalApplicationData : Environment.SpecialFolder.UserProfile);
        if (home.Length == 0)
            throw new DataException("there is no home folder to keep downloaded data in: set XDG_CACHE_HOME to an absolute path, or name the folder of the data");
        if (OperatingSystem.IsWindows()) return home;
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }
}
