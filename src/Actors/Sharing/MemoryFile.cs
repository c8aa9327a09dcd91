using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Actors.Sharing;

/// <summary>Files that are nothing but memory, which another process of the same user and machine can open by this one's id and the
/// file's number.</summary>
/// <remarks>
/// Linux's memfd_create: no name in any folder, so nothing is left behind however the processes end; only this user may open it; it is no
/// part of /dev/shm, whose size containers bound. It is sealed: its length never changes again, so a mapping of it cannot be cut off under
/// a reader's hands.
/// </remarks>
internal static class MemoryFile
{
    /// <summary>How the name of every such file begins, for those who look at what a process has open.</summary>
    private const string NamePrefix = "distributed-";

    private const uint CloseOnExec = 1, AllowSealing = 2;
    private const int AddSeals = 1033, GetSeals = 1034;

    /// <summary>Whether there may be such files here.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux();

    /// <summary>One of a fixed length.</summary>
    /// <param name="what">For those who look.</param>
    /// <exception cref="IOException">There is none to be had.</exception>
    public static SafeFileHandle Create(string what, long bytes)
    {
        var handle = Create(what);
        try
        {
            RandomAccess.SetLength(handle, bytes);
            Seal(handle, SealedAgainst.Sealing | SealedAgainst.Shrinking | SealedAgainst.Growing);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>An empty one, not sealed yet.</summary>
    /// <param name="what">For those who look.</param>
    /// <exception cref="IOException">There is none to be had.</exception>
    public static SafeFileHandle Create(string what)
    {
        try
        {
            var handle = new SafeFileHandle(memfd_create(NamePrefix + what, CloseOnExec | AllowSealing), ownsHandle: true);
            return handle.IsInvalid ? throw Last("memory cannot be had as a file") : handle;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            throw new IOException($"this system has no memory files: {missing.Message}", missing);
        }
    }

    /// <exception cref="IOException">It cannot be sealed so.</exception>
    public static void Seal(SafeFileHandle handle, SealedAgainst seals)
    {
        if (fcntl(handle, AddSeals, (int)seals) != 0) throw Last("a memory file cannot be sealed");
    }

    /// <summary>Opens a file that another process has made with <see cref="Create(string, long)"/>, to read and write.</summary>
    /// <exception cref="IOException">There is none, or it is too short or not sealed.</exception>
    public static SafeFileHandle Open(ulong processId, uint file, long bytes)
    {
        var handle = Open(processId, file, FileAccess.ReadWrite, SealedAgainst.Shrinking);
        if (RandomAccess.GetLength(handle) >= bytes) return handle;
        handle.Dispose();
        throw new IOException($"{PathOf(processId, file)} is shorter than {bytes} bytes");
    }

    /// <summary>Opens a file that another process has made.</summary>
    /// <param name="seals">Which it must have.</param>
    /// <exception cref="IOException">There is none, or it is not sealed so.</exception>
    public static SafeFileHandle Open(ulong processId, uint file, FileAccess access, SealedAgainst seals)
    {
        var path = PathOf(processId, file);
        try
        {
            // Looked at before it is opened: opening a pipe or a device could wait or do something.
            var target = new FileInfo(path).LinkTarget;
            if (target?.StartsWith("/memfd:" + NamePrefix, StringComparison.Ordinal) != true) throw new IOException($"{path} is no memory of a node");
            var handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);
            var found = fcntl(handle, GetSeals, 0);
            if (found >= 0 && ((SealedAgainst)found & seals) == seals) return handle;
            handle.Dispose();
            throw new IOException($"{path} is not sealed against {seals & ~(SealedAgainst)Math.Max(found, 0)}");
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(denied.Message, denied);
        }
    }

    private static string PathOf(ulong processId, uint file) => $"/proc/{processId}/fd/{file}";

    private static IOException Last(string what)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{what}: {error.Message}", error);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int memfd_create([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fcntl(SafeFileHandle file, int command, int argument);
}

/// <summary>What can never be done to a memory file any more; the numbers are Linux's.</summary>
[Flags]
internal enum SealedAgainst
{
    Sealing = 1,
    Shrinking = 2,
    Growing = 4,
    Writing = 8,
    Everything = Sealing | Shrinking | Growing | Writing,
}
