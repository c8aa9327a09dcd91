namespace Distributed.Engine.Checkpoints;

/// <summary>The disks of this machine.</summary>
public sealed class DiskStorage : ICheckpointStorage
{
    private const int BufferBytes = 1 << 16;

    /// <summary>What a lock held by another gives: EAGAIN (Linux 11, macOS 35) or ERROR_SHARING_VIOLATION (Windows 32).</summary>
    private static readonly int[] HeldByAnother = [11, 35, 32];

    private DiskStorage()
    {
    }

    public static DiskStorage Instance { get; } = new();

    public bool FolderExists(string path) => Directory.Exists(path);

    public void MakeFolder(string path) => Directory.CreateDirectory(path);

    public bool Exists(string path) => File.Exists(path);

    public IReadOnlyList<string> Files(string folder, string prefix, string suffix) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, prefix + "*" + suffix) : [];

    public Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);

    public void Flush(Stream created)
    {
        if (created is FileStream file) file.Flush(flushToDisk: true);
        else created.Flush();
    }

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    /// <remarks>The file stays when the lock is given back: nobody who waits for it loses it under his hands.</remarks>
    public IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (HeldByAnother.Contains(held.HResult & 0xFFFF))
        {
            return null;
        }
    }
}
