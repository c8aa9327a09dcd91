using System.Text.Json;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Checkpoints;
using Distributed.Engine.Checkpoints;
using Distributed.Jobs;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Runs;

/// <summary>A run that is kept, as others look at it.</summary>
/// <param name="State">As in <see cref="RunInfo"/>; "lost" where it says running and nobody runs it.</param>
internal sealed record RunOverview(RunFolder Folder, RunInfo Info, RunHistory History, string State)
{
    public long Step => History.Steps() is [.., var last] ? Math.Max(last.Step, LastEpoch?.Step ?? 0) : LastEpoch?.Step ?? 0;

    public EpochLine? LastEpoch => History.Epochs() is [.., var last] ? last : null;

    /// <exception cref="UserException">The folder cannot be read.</exception>
    public static RunOverview Read(RunFolder folder)
    {
        var info = RunInfo.Read(folder);
        var isLost = info.State == "running" && Claimants.IsRunning(new TermClaim(1, info.Claimant)) == false;
        return new RunOverview(folder, info, RunHistory.Read(folder), isLost ? "lost" : info.State);
    }

    /// <exception cref="UserException">The folder has no job that can be read.</exception>
    public Job ReadJob()
    {
        if (!File.Exists(Folder.JobFile)) throw new UserException($"there is no {Folder.JobFile}, where a run's job is kept");
        return JobFile.ReadResolved(Folder.JobFile);
    }

    /// <summary>Null: the run has not ended, or in no good order.</summary>
    public RunReport? ReadReport()
    {
        if (!File.Exists(Folder.ReportFile)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Folder.ReportFile), RunReportJson.Default.RunReport);
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{Folder.ReportFile} cannot be read: {wrong.Message}", wrong);
        }
    }
}
