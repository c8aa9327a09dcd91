using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Distributed.Actors;
using Distributed.Engine.Checkpoints;

namespace Distributed.Coordinator.Cli.Checkpoints;

/// <summary>Who has claimed to lead a run, as host/pid.</summary>
internal static class Claimants
{
    /// <returns>Whether the claimant is another process of this machine that runs; null: it is of another machine, so that cannot be
    /// told.</returns>
    public static bool? IsRunning(TermClaim claim)
    {
        if (claim == TermClaim.None) return false;
        var slash = claim.Claimant.LastIndexOf('/');
        var self = new TcpHostOptions().Name;
        if (slash < 0 || claim.Claimant[..slash] != self[..self.LastIndexOf('/')]) return null;
        return int.TryParse(claim.Claimant.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && id != Environment.ProcessId && IsCoordinator(id);
    }

    /// <summary>A number is given to another process when the first one is gone: only one that could be a coordinator counts.</summary>
    private static bool IsCoordinator(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            using var self = Process.GetCurrentProcess();
            return !process.HasExited && (process.ProcessName == self.ProcessName || process.ProcessName == "dotnet");
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
