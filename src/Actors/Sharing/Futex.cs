using System.Runtime.InteropServices;

namespace Distributed.Actors.Sharing;

/// <summary>Sleep until a number in shared memory changes: Linux's futex, between processes.</summary>
/// <remarks>Source: futex(2). Numbers of the system call are those of x86-64 and of Arm's 64 bits; elsewhere there is none.</remarks>
internal static unsafe class Futex
{
    private const int OperationWait = 0, OperationWake = 1;

    /// <summary>Whether there is one here.</summary>
    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && Number is not 0;

    private static nint Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    /// <summary>Returns when it is woken, when the number is another one, or after <paramref name="atMost"/>; now and then for no reason.</summary>
    public static void Wait(int* number, int seen, TimeSpan atMost)
    {
        var time = new Time((nint)atMost.TotalSeconds, atMost.Milliseconds * 1_000_000);
        _ = syscall(Number, number, OperationWait, seen, &time);
    }

    /// <summary>Wakes one who waits, in whatever process.</summary>
    public static void Wake(int* number) => _ = syscall(Number, number, OperationWake, 1, null);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint syscall(nint number, int* address, int operation, int value, Time* timeout);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Time(nint Seconds, nint Nanoseconds);
}
