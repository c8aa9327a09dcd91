namespace Distributed.Engine.Checkpoints;

/// <summary>Writes a file so that under its name there is the old file or the new one, whole, whenever the machine stops.</summary>
internal static class WholeFile
{
    /// <summary>What the name ends in until the file is whole.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int BufferBytes = 1 << 16;

    /// <summary>Writes to path + <see cref="TemporarySuffix"/>, flushes to the disk, renames.</summary>
    /// <param name="create">Opens the temporary file; null: on the disk. Tests put a failing one here.</param>
    /// <exception cref="CheckpointException">The disk refuses; the temporary file is removed if it can be.</exception>
    public static void Write(string path, Action<Stream> write, Func<string, Stream>? create = null)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var stream = (create ?? Create)(temporary))
            {
                write(stream);
                if (stream is FileStream file) file.Flush(flushToDisk: true);
                else stream.Flush();
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {error.Message}{Remove(temporary)}", error);
        }
    }

    /// <returns>What to add to the message: nothing where the file is gone.</returns>
    private static string Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
            return "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $" ({temporary} is left: {error.Message})";
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
}
