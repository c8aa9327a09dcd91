using System.Diagnostics;
using Distributed.Coordinator.Runs;
using Distributed.Worker.Cli;
using Distributed.Worker.Cli.Clusters;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli;

/// <summary>Where a run's workers are.</summary>
internal enum WorkerPlace
{
    /// <summary>Processes on this machine, started by the run.</summary>
    LocalProcesses,

    /// <summary>Actors in this process.</summary>
    InProcess,

    /// <summary>They come from elsewhere.</summary>
    Elsewhere,
}

/// <summary>What the user asks of a run.</summary>
/// <param name="Listen">Where workers connect; the port 0 is any free one.</param>
/// <param name="CheckpointEvery">Steps; null: as the job says.</param>
/// <param name="ChunkElements">float32 elements of a chunk.</param>
/// <param name="Restarts">Of each local worker process.</param>
internal sealed record TrainRequest(string JobPath, IReadOnlyList<string> Overrides, WorkerPlace Place, WorkerCount Workers, HostPort Listen,
    string? ReportPath, string? CheckpointFolder, int? CheckpointEvery, bool Resume, int ChunkElements, int Restarts, bool Verbose)
{
    /// <summary>Share of the shards that two workers compute, 0..1; null: none.</summary>
    public double? AuditRate { get; init; }

    /// <summary>What workers from elsewhere must show, and who controls the run.</summary>
    public Security Security { get; init; } = Security.None;

    /// <summary>Whether processes of this machine read each other's chunks where they lie.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>A checkpoint after so much time besides the others; null: none for time's sake.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>Checkpoints that are kept.</summary>
    public int Keep { get; init; } = Engine.Checkpoints.CheckpointFolder.DefaultKeep;

    /// <summary>The cluster to be a node of; null: workers dial this process.</summary>
    public ClusterRequest? Cluster { get; init; }

    /// <summary>Where the run is kept; null: nowhere.</summary>
    public RunsRequest? Runs { get; init; }

    /// <summary>What goes into the logs in the run's folder.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether the run ends after a few steps, to tell what all of it would cost.</summary>
    public bool IsDry { get; init; }

    /// <summary>What is started for a local worker; null: the worker's executable beside this one.</summary>
    public Func<ProcessStartInfo>? WorkerProgram { get; init; }

    /// <summary>Whether nothing is printed: what there is to say stands in the run's folder.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Where the dashboard is served; null: nowhere.</summary>
    public HostPort? Dashboard { get; init; }

    /// <summary>Whether workers that lack the data are sent the samples of their shards.</summary>
    public bool Ships { get; init; } = true;

    /// <summary>Where the run's control is served; null: nowhere.</summary>
    public HostPort? Control { get; init; }

    /// <summary>Stand by for these coordinators instead of leading at once; empty: lead.</summary>
    public IReadOnlyList<HostPort> StandbyFor { get; init; } = [];

    /// <summary>How long nobody may have led before this standby does.</summary>
    public TimeSpan TakeoverAfter { get; init; } = CoordinatorLimits.TakeoverAfter;
}
