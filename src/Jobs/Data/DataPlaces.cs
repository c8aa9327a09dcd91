using Distributed.Engine.Data;

namespace Distributed.Jobs;

/// <summary>Where the paths of a job lead.</summary>
/// <param name="BaseFolder">Absolute; relative paths begin here.</param>
/// <param name="DataFolder">Stands in for every folder that the job names; null: the job's own are used.</param>
/// <param name="CacheFolder">Where downloaded sets are, absolute; null: <see cref="DataCache"/>.</param>
internal sealed record DataPlaces(string BaseFolder, string? DataFolder, string? CacheFolder = null)
{
    /// <summary>The folder that the job calls <paramref name="folder"/>.</summary>
    public string Folder(string folder) => Path.GetFullPath(DataFolder ?? folder, BaseFolder);

    /// <summary>As the other; where the job names no folder, the one in which a downloaded set is.</summary>
    /// <exception cref="DataException">Neither is there.</exception>
    public string Folder(string? folder, string set)
    {
        if ((DataFolder ?? folder) is { } named)
        {
            var path = Path.GetFullPath(named, BaseFolder);
            return Directory.Exists(path) ? path
                : throw new DataException(DataFolder is not null ? $"there is no folder {path}"
                    : $"there is no folder {path} (data.folder is \"{folder}\", from {BaseFolder} on): `distributed data get {set} --to {path}` downloads the files to it, --set data.folder=PATH names another place")
                {
                    IsMissing = true,
                };
        }
        var cached = CacheFolder is null ? DataCache.Of(set) : Path.Combine(CacheFolder, set);
        return Directory.Exists(cached) ? cached
            : throw new DataException($"the data names no folder, and {set} was not downloaded to {cached}: `distributed data get {set}` does that; data.folder names another place")
            {
                IsMissing = true,
            };
    }

    /// <summary>The file that the job calls <paramref name="file"/>: in the data folder, if one is given, under its own name.</summary>
    public string File(string file) =>
        Path.GetFullPath(DataFolder is null ? file : Path.Combine(DataFolder, Path.GetFileName(file)), BaseFolder);
}
