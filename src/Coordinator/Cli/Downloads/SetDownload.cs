using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>Brings a public data set into a folder: each file downloaded, compared by its sum, unpacked, and put under its name.</summary>
internal sealed class SetDownload(HttpClient client, TimeProvider time, DownloadProgress progress)
{
    /// <param name="from">Where the files are; ends in a slash.</param>
    /// <returns>How many files were not there already and were downloaded.</returns>
    /// <exception cref="UserException">The folder or the server has something else; what was in the folder is as it was.</exception>
    /// <exception cref="DownloadException">It did not come to an end; what came is kept for the next time.</exception>
    public async Task<int> GetAsync(PublishedSet set, Uri from, SetFolder folder, CancellationToken cancel)
    {
        try
        {
            if (File.Exists(folder.Path)) throw new UserException($"{folder.Path} is a file; a folder for {set.Name} is wanted");
            if (folder.Foreign(set) is { } foreign)
                throw new UserException($"{folder.Place(foreign)} is there already, and no download has put it there: move it away, or name another folder with --to FOLDER");
            string[] made = [.. Missing(folder.Path)];
            Directory.CreateDirectory(folder.Path);
            return await GetMissingAsync(set, from, folder, made, cancel).ConfigureAwait(false);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"{folder.Path}: {wrong.Message}", wrong);
        }
    }

    /// <summary>The folders on the way to one that are not there, the innermost first.</summary>
    private static IEnumerable<string> Missing(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is { Exists: false }; folder = folder.Parent) yield return folder.FullName;
    }

    /// <param name="made">Folders that were made for this, the innermost first: they go again where nothing came into them.</param>
    private async Task<int> GetMissingAsync(PublishedSet set, Uri from, SetFolder folder, string[] made, CancellationToken cancel)
    {
        try
        {
            var downloaded = 0;
            foreach (var file in set.Files)
            {
                if (await folder.HoldsAsync(file, cancel).ConfigureAwait(false)) continue;
                await GetAsync(file, new Uri(from, file.Name), folder, cancel).ConfigureAwait(false);
                downloaded++;
            }
            return downloaded;
        }
        finally
        {
            foreach (var empty in made.TakeWhile(path => !Directory.EnumerateFileSystemEntries(path).Any())) Directory.Delete(empty);
        }
    }

    private async Task GetAsync(PublishedFile file, Uri source, SetFolder folder, CancellationToken cancel)
    {
        // Open until all is unpacked: a second download into the same folder is kept out by the lock that comes with it.
        await using var part = new FileStream(folder.PartPlace(file), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            await new FileDownload(client, time, progress).FetchAsync(source, file, part, cancel).ConfigureAwait(false);
            folder.Keep(file, await Unpacker.UnpackAsync(part, file, folder.NewPlace, cancel).ConfigureAwait(false));
            File.Delete(part.Name);
        }
        catch
        {
            foreach (var content in file.Contents) File.Delete(folder.NewPlace(content));
            if (part.Length == 0) File.Delete(part.Name);
            throw;
        }
    }
}
