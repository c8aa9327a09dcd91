namespace Distributed.Engine.Checkpoints;

/// <summary>What checkpoints ask of a disk: <see cref="DiskStorage"/> in production, a seeded disk that fails in the simulator.</summary>
/// <remarks>
/// Every member fails with <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> and nothing else. What a caller
/// may count on when the machine stops at any moment: a file is under its name as it was before a <see cref="Rename"/> or as it is
/// after, never between; bytes are there for certain only after <see cref="Flush"/>. A file that was created and not flushed may
/// hold any part of what was written.
/// </remarks>
public interface ICheckpointStorage
{
    bool FolderExists(string path);

    /// <summary>With all folders above it. One that is there already: nothing.</summary>
    void MakeFolder(string path);

    bool Exists(string path);

    /// <summary>Files of a folder whose names begin and end so, as paths, in no order. A missing folder has none.</summary>
    IReadOnlyList<string> Files(string folder, string prefix, string suffix);

    /// <summary>An empty file to be written, in place of one of that name.</summary>
    Stream Create(string path);

    /// <summary>Returns when what was written to a stream of <see cref="Create"/> survives a loss of power.</summary>
    void Flush(Stream created);

    /// <summary>A file to be read from its beginning; its length is known.</summary>
    Stream OpenRead(string path);

    /// <summary>Gives a file another name, in place of one that has it.</summary>
    void Rename(string from, string to);

    /// <summary>A file that is missing: nothing.</summary>
    void Delete(string path);

    /// <summary>Takes the exclusive lock of this path; it is given back when disposed of, or when its process ends.</summary>
    /// <returns>Null: someone else holds it, here or in another process.</returns>
    IDisposable? TryLock(string path);
}
