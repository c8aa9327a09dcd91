using System.Runtime.InteropServices;

namespace Distributed.Actors.Sharing;

/// <summary>Which processor the calling thread runs on. Source: sched_setaffinity(2).</summary>
internal static unsafe class Processors
{
    /// <summary>Bytes of a set of 1024 processors, the C library's own bound.</summary>
    private const int SetBytes = 128;

    /// <summary>Has the calling thread go on on another of the processors that it may use. It is not bound to that one.</summary>
    /// <returns>False: there is no other, or the system does not say.</returns>
    public static bool MoveOn()
    {
        var allowed = stackalloc byte[SetBytes];
        var others = stackalloc byte[SetBytes];
        new Span<byte>(allowed, SetBytes).Clear();
        if (sched_getaffinity(0, SetBytes, allowed) != 0 || sched_getcpu() is not (>= 0 and < 8 * SetBytes and var current))
        {
            return false;
        }

        new Span<byte>(allowed, SetBytes).CopyTo(new Span<byte>(others, SetBytes));
        others[current / 8] &= (byte)~(1 << (current % 8));
        if (!new Span<byte>(others, SetBytes).ContainsAnyExcept((byte)0) || sched_setaffinity(0, SetBytes, others) != 0)
        {
            return false;
        }

        _ = sched_setaffinity(0, SetBytes, allowed);
        return true;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_getcpu();

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_getaffinity(int thread, nint bytes, byte* set);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_setaffinity(int thread, nint bytes, byte* set);
}
