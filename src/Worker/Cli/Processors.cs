using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Distributed.Worker.Cli;

/// <summary>The processors that this process may run on, by the numbers of the system. Only Linux is asked.</summary>
public static class Processors
{
    /// <summary>More than this machine may have are not seen: as many as the kernel's own mask has, mostly.</summary>
    public const int Most = 8192;

    private const int BitsOfWord = 64;

    /// <returns>In order; none where the system does not tell.</returns>
    public static IReadOnlyList<int> Allowed()
    {
        if (!OperatingSystem.IsLinux()) return [];
        var mask = new ulong[Most / BitsOfWord];
        if (sched_getaffinity(0, mask.Length * sizeof(ulong), mask) < 0) return [];
        return [.. Enumerable.Range(0, Most).Where(processor => (mask[processor / BitsOfWord] >> (processor % BitsOfWord) & 1) != 0)];
    }

    /// <summary>Where each of some processes should stay, so that all processors are used alike and none has to wait for a processor while another is
    /// idle: the system leaves a process that wakes up behind one that computes for a millisecond and more, although the next processor is free.</summary>
    /// <param name="processes">That all compute.</param>
    /// <returns>For each its processor, in turn; null where they do not fill the processors evenly: then the system places them better.</returns>
    public static IReadOnlyList<int>? Spread(int processes, IReadOnlyList<int> processors) =>
        processors.Count < 2 || processes == 0 || processes % processors.Count != 0 ? null
        : [.. Enumerable.Range(0, processes).Select(process => processors[process % processors.Count])];

    /// <summary>Keeps this process, with every thread that it has or makes, to one processor.</summary>
    /// <exception cref="Win32Exception">The system refuses it.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static void KeepTo(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, Most);
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("only Linux is asked to keep a process to a processor");
        var mask = new ulong[Most / BitsOfWord];
        mask[processor / BitsOfWord] = 1UL << (processor % BitsOfWord);
        // A thread that one of the old threads made meanwhile is seen in the next round; those that a kept one makes are kept too.
        HashSet<int> kept = [];
        for (var left = true; left;)
        {
            left = false;
            foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
            {
                if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var thread) || !kept.Add(thread)) continue;
                left = true;
                if (sched_setaffinity(thread, mask.Length * sizeof(ulong), mask) == 0 || Marshal.GetLastPInvokeError() == NoSuchThread) continue;
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>ESRCH: it has ended meanwhile.</summary>
    private const int NoSuchThread = 3;

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_getaffinity(int thread, nint bytes, ulong[] mask);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sched_setaffinity(int thread, nint bytes, ulong[] mask);
}
