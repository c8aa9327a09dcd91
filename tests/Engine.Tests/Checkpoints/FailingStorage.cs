using Distributed.Engine.Checkpoints;

namespace Distributed.Engine.Tests.Checkpoints;

/// <summary>This machine's disk, with an operation in the place of its own where a test gives one.</summary>
internal sealed class FailingStorage : ICheckpointStorage
{
    private static readonly DiskStorage Disk = DiskStorage.Instance;

    public Func<string, Stream> Creating { get; init; } = Disk.Create;

    public Action<Stream> Flushing { get; init; } = Disk.Flush;

    public Action<string, string> Renaming { get; init; } = Disk.Rename;

    public Func<string, IDisposable?> Locking { get; init; } = Disk.TryLock;

    public Action<string> Deleting { get; init; } = Disk.Delete;

    public bool FolderExists(string path) => Disk.FolderExists(path);

    public void MakeFolder(string path) => Disk.MakeFolder(path);

    public bool Exists(string path) => Disk.Exists(path);

    public IReadOnlyList<string> Files(string folder, string prefix, string suffix) => Disk.Files(folder, prefix, suffix);

    public Stream Create(string path) => Creating(path);

    public void Flush(Stream created) => Flushing(created);

    public Stream OpenRead(string path) => Disk.OpenRead(path);

    public void Rename(string from, string to) => Renaming(from, to);

    public void Delete(string path) => Deleting(path);

    public IDisposable? TryLock(string path) => Locking(path);
}
