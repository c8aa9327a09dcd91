using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What the coordinator is to do; the <see cref="Schedule"/> decides, the actor performs.</summary>
/// <remarks>An effect is valid until the schedule is next asked: those of every step are used again.</remarks>
public abstract record Effect
{
    /// <summary>Send the current weights, and the chunks of the next version that are done already; from now on send it every chunk.</summary>
    /// <param name="HasCurrent">It holds the current weights: only what is done of the next version.</param>
    public sealed record SendWeights(int Worker, bool HasCurrent = false) : Effect;

    /// <summary>Send no more chunks to a worker that is too many versions behind, until the next <see cref="SendWeights"/>.</summary>
    public sealed record HoldWeights(int Worker) : Effect;

    public sealed record Assign : Effect
    {
        private readonly List<ShardRange> _ranges = [];

        public int Worker { get; private set; }

        public long Step { get; private set; }

        public IReadOnlyList<ShardRange> Ranges => _ranges;

        /// <summary>Only the hash is wanted.</summary>
        public bool IsAudit { get; private set; }

        internal void Set(int worker, long step, IReadOnlyList<ShardRange> ranges, bool isAudit)
        {
            (Worker, Step, IsAudit) = (worker, step, isAudit);
            _ranges.Clear();
            _ranges.AddRange(ranges);
        }
    }

    /// <summary>What this worker sent of an audited shard is counted; what others sent of it is dropped.</summary>
    /// <param name="IsAudited">Another worker has the same hash. False: there was nobody to compare with.</param>
    public sealed record Count(int Worker, int Shard, bool IsAudited) : Effect;

    /// <summary>Two workers disagree about a shard and there is no third to ask: the step waits for one.</summary>
    public sealed record Disputed(int Shard, IReadOnlyList<int> Workers) : Effect;

    /// <summary>This worker computes wrongly: two others agree on a shard and it does not. It takes part no more.</summary>
    public sealed record Exclude(int Worker, long Step, int Shard) : Effect;

    public sealed record Evaluate(int Worker, long Version, IReadOnlyList<ShardRange> Blocks) : Effect;

    /// <summary>All of step's gradient is in: version step + 1 becomes the current one.</summary>
    public sealed record Commit : Effect
    {
        public long Step { get; internal set; }
    }

    /// <summary>The last step of an epoch is committed and, where there is a test set, evaluated.</summary>
    public sealed record EndEpoch(int Epoch) : Effect;

    /// <summary>Nothing can go on until a worker joins.</summary>
    public sealed record WaitForWorkers(int Have, int Want) : Effect;

    public sealed record ShardsMoved(int Worker, int Units) : Effect;

    /// <summary>Units of late workers are given to this one too: what comes first counts, both are the same bits.</summary>
    public sealed record Copied(int Worker, int Units) : Effect;

    /// <summary>A worker has been without progress for so long that it should be named; it gets nothing until it answers.</summary>
    public sealed record Stalled(int Worker, TimeSpan Since) : Effect;

    /// <summary>A worker that was stalled has answered.</summary>
    public sealed record Recovered(int Worker) : Effect;

    /// <summary>Give <see cref="Input.Tick"/> at this time. The last one asked for counts.</summary>
    public sealed record WakeAt : Effect
    {
        public TimeSpan Time { get; internal set; }
    }

    public sealed record Finish(RunEnd End, string Reason) : Effect;

    public sealed record Ignored(object Input, string Reason) : Effect;
}

/// <summary>How a run ends.</summary>
public enum RunEnd
{
    Done,
    Stopped,
    Failed,

    /// <summary>Another coordinator leads it now.</summary>
    Deposed,

    /// <summary>It is to be gone on with from an earlier step, by another coordinator.</summary>
    GoesBack,
}
