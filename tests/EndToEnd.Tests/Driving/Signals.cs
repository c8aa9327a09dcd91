using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Distributed.EndToEnd.Tests.Driving;

internal static partial class Signals
{
    private const int Sigint = 2, Sigterm = 15;

    /// <summary>Lets processes started from now on hear SIGINT: a shell that starts the tests in the background has it ignored, which a
    /// process hands down to those it starts.</summary>
    public static void HearInterrupts()
    {
        if (Handle(Sigint, 0) == -1) throw new InvalidOperationException($"SIGINT cannot be heard: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Sends SIGINT. Not on Windows, where a process cannot send Ctrl-C to another console's.</summary>
    public static void Interrupt(int process)
    {
        if (Send(process, Sigint) != 0) throw new InvalidOperationException($"SIGINT to {process}: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public static void Terminate(int process)
    {
        if (Send(process, Sigterm) != 0) throw new InvalidOperationException($"SIGTERM to {process}: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>SIGSTOP: it stands still, its connections stay open.</summary>
    public static void Stop(int process) => Tell(process, OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>SIGCONT.</summary>
    public static void Continue(int process) => Tell(process, OperatingSystem.IsMacOS() ? 19 : 18);

    private static void Tell(int process, int signal)
    {
        if (Send(process, signal) != 0)
            throw new InvalidOperationException($"signal {signal} to {process}: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>SIGKILL to a process that a tool of the test has started.</summary>
    public static void Kill(int process)
    {
        using var started = Process.GetProcessById(process);
        started.Kill();
    }

    /// <summary>Whether a process runs; one that has ended and waits to be collected by its parent does not.</summary>
    public static bool IsRunning(int process)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                var stat = File.ReadAllText($"/proc/{process}/stat");
                return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
            }
            using var running = Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (Exception gone) when (gone is IOException or ArgumentException)
        {
            return false;
        }
    }

    /// <param name="handler">0: the default.</param>
    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
