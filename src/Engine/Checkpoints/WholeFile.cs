using System.Text;

namespace Distributed.Engine.Checkpoints;

/// <summary>Writes a file so that under its name there is the old file or the new one, whole, whenever the machine
/// stops.</summary>
public static class WholeFile
{
    /// <summary>What the name ends in until the file is whole.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>A text file that is longer is refused, unread.</summary>
    public const int MaxTextBytes = 1 << 16;

    /// <summary>Writes to path + <see cref="TemporarySuffix"/>, flushes to the disk, renames.</summary>
    /// <param name="storage">Null: this machine's disk.</param>
    /// <param name="writer">Set apart from others who write the same file: stands before <see cref="TemporarySuffix"/>.</param>
    /// <param name="renaming">Is to call what it is given, which renames, or to throw: then nothing is left. Null: the rename is
    /// free.</param>
    /// <exception cref="CheckpointException">The disk refuses; the temporary file is removed if it can be.</exception>
    public static void Write(string path, Action<Stream> write, ICheckpointStorage? storage = null, string writer = "",
        Action<Action>? renaming = null)
    {
        storage ??= DiskStorage.Instance;
        var temporary = path + writer + TemporarySuffix;
        try
        {
            using (var stream = storage.Create(temporary))
            {
                write(stream);
                storage.Flush(stream);
            }
            if (renaming is null) storage.Rename(temporary, path);
            else renaming(() => storage.Rename(temporary, path));
        }
        catch (DeposedException)
        {
            Remove(storage, temporary);
            throw;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {error.Message}{Remove(storage, temporary)}", error);
        }
    }

    /// <summary>Replaces a small text file, as <see cref="Write"/>.</summary>
    /// <exception cref="CheckpointException">The disk refuses.</exception>
    public static void WriteText(string path, string text, ICheckpointStorage? storage = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > MaxTextBytes)
            throw new ArgumentException($"{path}: a text of {bytes.Length} bytes; at most {MaxTextBytes} are read back", nameof(text));
        Write(path, stream => stream.Write(bytes), storage);
    }

    /// <summary>A small text file, whole; null: there is none.</summary>
    /// <exception cref="CheckpointException">It cannot be read, or is longer than <see cref="MaxTextBytes"/>.</exception>
    public static string? ReadText(string path, ICheckpointStorage? storage = null)
    {
        storage ??= DiskStorage.Instance;
        try
        {
            if (!storage.Exists(path)) return null;
            using var stream = storage.OpenRead(path);
            if (stream.Length > MaxTextBytes)
                throw new CheckpointException(
                    $"{path}: a text of at most {MaxTextBytes} bytes is wanted, the file has {stream.Length}");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Encoding.UTF8.GetString(bytes);
        }
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <returns>What to add to the message: nothing where the file is gone.</returns>
    private static string Remove(ICheckpointStorage storage, string temporary)
    {
        try
        {
            storage.Delete(temporary);
            return "";
        }
        catch (DirectoryNotFoundException)
        {
            return "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $" ({temporary} is left: {error.Message})";
        }
    }
}
