using System.Security.Cryptography;
using System.Text;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>The folder of a downloaded set: its files, and the list of their sums that <c>sha256sum --check</c> reads too.</summary>
/// <remarks>
/// A file is ours if the list names it. The list is written before a file comes under its name, each by a rename: so whatever ends a download, a file
/// under its own name is whole, and one that somebody else has put there is never written over.
/// </remarks>
internal sealed class SetFolder(string path)
{
    public const string SumsName = "SHA256SUMS";

    public string Path => path;

    public string Place(UnpackedFile file) => System.IO.Path.Combine(path, file.Name);

    /// <summary>Where a file lies until it is whole.</summary>
    public string NewPlace(UnpackedFile file) => Place(file) + ".new";

    /// <summary>Where what has come of a file waits for the rest.</summary>
    public string PartPlace(PublishedFile file) => System.IO.Path.Combine(path, file.Name + ".part");

    /// <summary>How many files of a set are there with the lengths they should have; their sums are not looked at.</summary>
    public int CountPresent(PublishedSet set) => set.Contents.Count(file => new FileInfo(Place(file)) is { Exists: true } found && found.Length == file.Bytes);

    /// <summary>A file that stands where one of the set belongs, and was not put there by a download; null: there is none.</summary>
    public UnpackedFile? Foreign(PublishedSet set)
    {
        var sums = ReadSums();
        return set.Contents.FirstOrDefault(file => System.IO.Path.Exists(Place(file)) && !sums.ContainsKey(file.Name));
    }

    /// <summary>Whether all that comes out of a file is there, to the byte.</summary>
    public async Task<bool> HoldsAsync(PublishedFile file, CancellationToken cancel)
    {
        var sums = ReadSums();
        foreach (var content in file.Contents)
        {
            if (!sums.TryGetValue(content.Name, out var wanted) || !File.Exists(Place(content))) return false;
            await using var stream = File.OpenRead(Place(content));
            if (stream.Length != content.Bytes) return false;
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false)) != wanted) return false;
        }
        return true;
    }

    /// <summary>Puts files that lie at their <see cref="NewPlace"/> under their names.</summary>
    public void Keep(PublishedFile file, IReadOnlyDictionary<string, string> sums)
    {
        var all = new SortedDictionary<string, string>(ReadSums(), StringComparer.Ordinal);
        foreach (var (name, sum) in sums) all[name] = sum;
        var list = System.IO.Path.Combine(path, SumsName);
        File.WriteAllText(list + ".new", string.Concat(all.Select(pair => $"{pair.Value}  {pair.Key}\n")));
        File.Move(list + ".new", list, overwrite: true);
        foreach (var content in file.Contents) File.Move(NewPlace(content), Place(content), overwrite: true);
    }

    /// <summary>Lines that are no sum and name are nobody's: what they were about is downloaded again.</summary>
    private Dictionary<string, string> ReadSums()
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = System.IO.Path.Combine(path, SumsName);
        if (!File.Exists(list)) return sums;
        using var file = File.OpenRead(list);
        var bytes = new byte[DownloadLimits.SumsBytes];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, count).Split('\n'))
            if (line.Split("  ", 2) is [{ Length: 2 * SHA256.HashSizeInBytes } sum, var name]) sums[name] = sum;
        return sums;
    }
}
