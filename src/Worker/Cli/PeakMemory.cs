using System.Diagnostics;
using System.Globalization;

namespace Distributed.Worker.Cli;

/// <summary>The most memory that a process has had resident.</summary>
public static class PeakMemory
{
    /// <summary>What a local worker writes before the number, as its last line on standard output.</summary>
    public const string Prefix = "peak_memory_bytes ";

    /// <returns>Bytes; 0 where the process is gone or the system does not tell.</returns>
    public static long Of(Process process)
    {
        try
        {
            // Linux tells no peak through PeakWorkingSet64 of another process: it is VmHWM, in kB.
            return OperatingSystem.IsLinux() ? FromStatus(File.ReadAllLines($"/proc/{process.Id}/status")) : process.PeakWorkingSet64;
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    public static long OfThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        return Of(self);
    }

    internal static long FromStatus(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var number = line?["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;
    }
}
