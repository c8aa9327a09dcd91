using Distributed.Engine.Training;

namespace Distributed.Coordinator.Scheduling;

/// <summary>What the coordinator is to do; the <see cref="Schedule"/> decides, the actor performs.</summary>
public abstract record Effect
{
    /// <summary>Send the current weights, and the chunks of the next version that are done already; from now on send it every chunk.</summary>
    public sealed record SendWeights(int Worker) : Effect;

    /// <summary>Send no more chunks to a worker that is too many versions behind, until the next <see cref="SendWeights"/>.</summary>
    public sealed record HoldWeights(int Worker) : Effect;

    public sealed record Assign(int Worker, long Step, IReadOnlyList<ShardRange> Ranges) : Effect;

    public sealed record Evaluate(int Worker, long Version, IReadOnlyList<ShardRange> Blocks) : Effect;

    /// <summary>All of step's gradient is in: version step + 1 becomes the current one.</summary>
    public sealed record Commit(long Step) : Effect;

    /// <summary>The last step of an epoch is committed and, where there is a test set, evaluated.</summary>
    public sealed record EndEpoch(int Epoch) : Effect;

    /// <summary>Nothing can go on until a worker joins.</summary>
    public sealed record WaitForWorkers(int Have, int Want) : Effect;

    public sealed record ShardsMoved(int Worker, int Units) : Effect;

    public sealed record Finish(RunEnd End, string Reason) : Effect;

    public sealed record Ignored(Input Input, string Reason) : Effect;
}

/// <summary>How a run ends.</summary>
public enum RunEnd
{
    Done,
    Stopped,
    Failed,
}
