namespace Distributed.Jobs;

/// <summary>Where the paths of a job lead.</summary>
/// <param name="BaseFolder">Absolute; relative paths begin here.</param>
/// <param name="DataFolder">Stands in for every folder that the job names; null: the job's own are used.</param>
internal sealed record DataPlaces(string BaseFolder, string? DataFolder)
{
    /// <summary>The folder that the job calls <paramref name="folder"/>.</summary>
    public string Folder(string folder) => Path.GetFullPath(DataFolder ?? folder, BaseFolder);

    /// <summary>The file that the job calls <paramref name="file"/>: in the data folder, if one is given, under its own name.</summary>
    public string File(string file) =>
        Path.GetFullPath(DataFolder is null ? file : Path.Combine(DataFolder, Path.GetFileName(file)), BaseFolder);
}
