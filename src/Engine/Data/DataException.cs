namespace Distributed.Engine.Data;

/// <summary>Data of the user that cannot be used, said as a sentence: where, what was wanted and what came. Recoverable.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether a file or folder is not there at all: nothing is wrong with the data, and somebody else may have it.</summary>
    public bool IsMissing { get; init; }

    /// <summary>What has become of an attempt to read a file or folder.</summary>
    internal static DataException CannotBeRead(string path, Exception error) => new($"{path}: cannot be read: {error.Message}", error)
    {
        IsMissing = error is FileNotFoundException or DirectoryNotFoundException,
    };
}
