using System.Globalization;

namespace Distributed.Startup;

/// <summary>What a process and its children have used, as Linux tells it.</summary>
internal static class ProcessTree
{
    /// <summary>USER_HZ, which is 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <returns>Processor seconds, user and system, and the sum of the peaks of resident memory, bytes.</returns>
    public static (double Seconds, long PeakBytes) Usage(int root)
    {
        var (seconds, bytes) = Of(root);
        foreach (var child in Children(root))
        {
            var (more, peak) = Of(child);
            (seconds, bytes) = (seconds + more, bytes + peak);
        }
        return (seconds, bytes);
    }

    private static IEnumerable<int> Children(int root)
    {
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{root}/task"))
            foreach (var child in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return int.Parse(child, CultureInfo.InvariantCulture);
    }

    private static (double Seconds, long PeakBytes) Of(int process)
    {
        // The name, in brackets, may hold spaces: fields are counted behind it, the state first. User and system time are the 14th and 15th of all.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var peak = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = peak is null ? 0 : long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return (ticks / TicksPerSecond, 1024 * kilobytes);
    }
}
