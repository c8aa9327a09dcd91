using Distributed.Actors.Simulated;
using Distributed.Engine.Checkpoints;
using Distributed.Engine.Randomness;

namespace Distributed.Actors;

/// <summary>Where a node dies that is to die while it saves a file.</summary>
public enum DiskCrash
{
    /// <summary>In the middle of writing: the file aside is torn.</summary>
    InWrite,

    /// <summary>All is written and nothing flushed: the file aside is torn.</summary>
    BeforeFlush,

    /// <summary>The file aside is whole and has not its name yet.</summary>
    BeforeRename,

    /// <summary>The file has its name; what comes after it is not done.</summary>
    AfterRename,

    /// <summary>As <see cref="AfterRename"/>, but the disk had not kept what it said was flushed: the file is torn under its name.</summary>
    LyingFlush,
}

/// <summary>A disk in memory that several nodes of a simulation can mount. It outlives them, and refuses or tears as it is told to.</summary>
/// <remarks>What was flushed and what was renamed stays (but for <see cref="DiskCrash.LyingFlush"/>); of a file that was not flushed when its
/// writer died a drawn part is left.</remarks>
public sealed class SimulatedDisk(ulong seed)
{
    /// <summary>Names the stream of random numbers.</summary>
    private const uint Stream = 3;

    /// <summary>Bytes that a disk which is said to be full still takes at most.</summary>
    private const int RestOfRoom = 4096;

    private readonly Dictionary<string, StoredFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Holder> _locks = new(StringComparer.Ordinal);
    private readonly int[] _crashes = new int[Enum.GetValues<DiskCrash>().Length];
    private RandomStream _random = new(seed, RandomPurpose.Test, Stream);
    private int _room;

    /// <summary>Whether there is no room: a drawn number of bytes more, then every write fails.</summary>
    public bool IsFull
    {
        get;
        set
        {
            field = value;
            _room = value ? _random.NextInt(RestOfRoom) : 0;
        }
    }

    /// <summary>The next save kills its node there; null: none does.</summary>
    public DiskCrash? Crash { get; set; }

    /// <summary>Writes that were refused because the disk was full.</summary>
    public long Refused { get; private set; }

    /// <summary>Files of which a crash left a part.</summary>
    public long Torn { get; private set; }

    /// <summary>Which files, by path, a disk that lies may lose: those of which a reader finds out.</summary>
    public Func<string, bool> MayLose { get; set; } = _ => true;

    /// <summary>Told of each file that a node has given its name: who, and the path.</summary>
    public Action<SimulatorHost, string>? Renamed { get; set; }

    /// <summary>Told of each node that died while it saved.</summary>
    public Action<SimulatorHost>? Died { get; set; }

    /// <summary>Paths of all files, in order.</summary>
    public IReadOnlyList<string> Paths => [.. _files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a file of this path with all that its writer flushed.</summary>
    public bool IsWhole(string path) => _files.TryGetValue(path, out var file) && file.IsWhole;

    /// <summary>How often a node died there.</summary>
    public int Crashes(DiskCrash where) => _crashes[(int)where];

    /// <summary>The disk as a node sees it in its present life.</summary>
    public ICheckpointStorage Mount(SimulatorHost host) => new Mounted(this, host, host.Incarnation);

    /// <summary>A path of the disk; its node and that node's life.</summary>
    private readonly record struct Holder(SimulatorHost Host, int Life)
    {
        public bool IsThere => Host.IsAlive && Host.Incarnation == Life;
    }

    private sealed class StoredFile
    {
        public byte[] Bytes { get; set; } = [];

        /// <summary>All that was written was flushed and kept.</summary>
        public bool IsWhole { get; set; }
    }

    /// <summary>The node is gone in the middle of an operation, so nothing after it happens.</summary>
    private sealed class CrashException(string message) : Exception(message);

    private void CrashAt(DiskCrash where, Holder holder, StoredFile? torn)
    {
        if (Crash != where)
        {
            return;
        }

        Crash = null;
        _crashes[(int)where]++;
        if (torn is not null)
        {
            Torn++;
            torn.IsWhole = false;
            torn.Bytes = torn.Bytes[.._random.NextInt(Math.Max(1, torn.Bytes.Length))];
        }

        holder.Host.Simulation.Record($"{holder.Host.Name} saves a file and dies: {where}");
        holder.Host.Crash();
        Died?.Invoke(holder.Host);
        throw new CrashException($"{holder.Host.Name} died");
    }

    private sealed class Mounted(SimulatedDisk disk, SimulatorHost host, int life) : ICheckpointStorage
    {
        private readonly Holder _holder = new(host, life);

        public bool FolderExists(string path) => true;

        public void MakeFolder(string path)
        {
            // Every folder is there.
        }

        public bool Exists(string path) => disk._files.ContainsKey(path);

        public IReadOnlyList<string> Files(string folder, string prefix, string suffix) =>
            [.. disk.Paths.Where(path => Path.GetDirectoryName(path) == folder
                && Path.GetFileName(path) is var name && name.StartsWith(prefix, StringComparison.Ordinal)
                && name.EndsWith(suffix, StringComparison.Ordinal))];

        public Stream Create(string path) => new Writing(disk, _holder, disk._files[path] = new StoredFile());

        public void Flush(Stream created) => ((Writing)created).FlushToDisk();

        public Stream OpenRead(string path) => disk._files.TryGetValue(path, out var file)
            ? new MemoryStream(file.Bytes, writable: false)
            : throw new FileNotFoundException($"Could not find file '{path}'.");

        public void Rename(string from, string to)
        {
            disk.CrashAt(DiskCrash.BeforeRename, _holder, null);
            if (!disk._files.Remove(from, out var file))
            {
                throw new FileNotFoundException($"Could not find file '{from}'.");
            }

            disk._files[to] = file;
            if (disk.MayLose(to))
            {
                disk.CrashAt(DiskCrash.LyingFlush, _holder, file);
            }

            disk.Renamed?.Invoke(host, to);
            disk.CrashAt(DiskCrash.AfterRename, _holder, null);
        }

        public void Delete(string path) => disk._files.Remove(path);

        public IDisposable? TryLock(string path)
        {
            if (disk._locks.TryGetValue(path, out var other) && other.IsThere)
            {
                return null;
            }

            disk._locks[path] = _holder;
            return new Lock(disk, path, _holder);
        }
    }

    private sealed class Lock(SimulatedDisk disk, string path, Holder holder) : IDisposable
    {
        public void Dispose()
        {
            if (disk._locks.TryGetValue(path, out var present) && present == holder)
            {
                disk._locks.Remove(path);
            }
        }
    }

    /// <summary>A file that is being written.</summary>
    private sealed class Writing(SimulatedDisk disk, Holder holder, StoredFile file) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = disk.IsFull ? Math.Min(buffer.Length, disk._room) : buffer.Length;
            base.Write(buffer[..fits].ToArray(), 0, fits);
            Keep();
            if (disk.IsFull)
            {
                disk._room -= fits;
                if (fits < buffer.Length)
                {
                    disk.Refused++;
                    throw new IOException("No space left on device");
                }
            }

            disk.CrashAt(DiskCrash.InWrite, holder, file);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public void FlushToDisk()
        {
            Keep();
            disk.CrashAt(DiskCrash.BeforeFlush, holder, file);
            file.IsWhole = true;
        }

        private void Keep() => file.Bytes = ToArray();
    }
}
