using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What happens to a run. Inputs of every step are values.</summary>
public abstract record Input
{
    /// <summary>A worker has the model and the same data.</summary>
    /// <param name="Held">Version of the weights that it holds whole from an earlier session; −1: none.</param>
    public sealed record Joined(int Worker, long Held = -1) : Input;

    public sealed record Lost(int Worker, string Reason) : Input;

    /// <summary>A worker has sent all chunks of a partial sum.</summary>
    /// <param name="Seconds">What it took to compute; 0 when unknown.</param>
    /// <param name="Dropped">It was not computed, since the step was over when its turn came.</param>
    /// <param name="Hash">Of an audited shard: of what it computed. Else empty.</param>
    /// <param name="IsAudit">It was asked for the hash alone and has sent no chunks.</param>
    public readonly record struct PartialDone(int Worker, long Step, ShardRange Range, int Samples, double Seconds, bool Dropped = false,
        string Hash = "", bool IsAudit = false);

    /// <param name="Dropped">As for a partial sum.</param>
    public sealed record BlockDone(int Worker, long Version, int Block, bool Dropped = false) : Input;

    /// <summary>A worker holds the weights of a version, whole.</summary>
    public readonly record struct WeightsHeld(int Worker, long Version);

    /// <summary>The user asks for an early end.</summary>
    public sealed record StopRequested(string Reason) : Input;

    /// <summary>Whether the run ends with the epoch that has just ended.</summary>
    /// <param name="End">Why it ends; null: it goes on.</param>
    public sealed record EpochJudged(string? End) : Input;

    /// <summary>The step in progress may be finished, but none is to begin before <see cref="GoOn"/>: something is written down first.</summary>
    public sealed record Hold : Input;

    public sealed record GoOn : Input;

    /// <summary>The time that <see cref="Effect.WakeAt"/> asked for has come.</summary>
    public sealed record Tick : Input
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>Another coordinator leads the run.</summary>
    public sealed record Deposed(string Reason) : Input;

    /// <summary>What was counted cannot be trusted: this coordinator ends, and the run goes on from an earlier step.</summary>
    public sealed record GoBack(string Reason) : Input;

    /// <summary>The run cannot go on.</summary>
    public sealed record Fail(string Reason) : Input;
}
