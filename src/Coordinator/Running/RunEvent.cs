using Distributed.Engine.Optimizers;
using Distributed.Engine.Training;

namespace Distributed.Coordinator.Running;

/// <summary>What a run tells those who watch it.</summary>
public abstract record RunEvent
{
    /// <param name="Alive">Workers that take part now.</param>
    public sealed record WorkerJoined(int Worker, string Name, int Alive) : RunEvent;

    /// <param name="Moved">Shards or blocks that go to others.</param>
    public sealed record WorkerLost(int Worker, string Name, string Reason, int Moved, int Alive) : RunEvent;

    public sealed record WorkerRefused(string Name, string Reason) : RunEvent;

    /// <summary>A worker is connected and has made no progress for a long time; what it has goes to others too.</summary>
    public sealed record WorkerStalled(int Worker, string Name, TimeSpan Silent, int Alive) : RunEvent;

    /// <summary>A stalled worker has answered.</summary>
    public sealed record WorkerRecovered(int Worker, string Name) : RunEvent;

    /// <summary>What only late workers have is computed by this one too.</summary>
    public sealed record ShardsCopied(int Worker, int Units) : RunEvent;

    /// <summary>Another coordinator waits to take this one's place should it be lost.</summary>
    public sealed record StandbyJoined(string Name) : RunEvent;

    public sealed record StandbyLost(string Name, string Reason) : RunEvent;

    /// <summary>Two workers have the same hash of a shard; it is counted.</summary>
    public sealed record ShardAudited(long Step, int Shard) : RunEvent;

    /// <summary>A shard that was to be audited is counted as it is: no other worker took part.</summary>
    public sealed record ShardUnaudited(long Step, int Shard) : RunEvent;

    /// <summary>Workers have different bits of a shard, and the step waits for a third to tell who is right.</summary>
    public sealed record ShardDisputed(long Step, int Shard, IReadOnlyList<int> Workers) : RunEvent;

    /// <summary>A worker computes wrongly and takes part no more.</summary>
    /// <param name="Step">Where it was found; with <paramref name="Shard"/>.</param>
    public sealed record WorkerExcluded(int Worker, string Name, long Step, int Shard, int Alive) : RunEvent;

    public sealed record Waiting(int Have, int Want) : RunEvent;

    /// <param name="Step">Steps committed so far.</param>
    /// <param name="Loss">Mean over the step's samples, without the regularizer.</param>
    /// <param name="TrainSeconds">Time spent on steps so far; evaluation and waiting for the first workers left out.</param>
    /// <param name="Samples">Samples trained on so far.</param>
    public sealed record StepCommitted(long Step, int Epoch, int Batch, double Loss, double TrainSeconds, long Samples) : RunEvent;

    /// <summary>A step changed nothing, since loss or gradient was not finite. Its <see cref="StepCommitted"/> follows.</summary>
    /// <param name="Step">0 is the first of the run.</param>
    /// <param name="Reason">What was not finite, in a few words.</param>
    /// <param name="Skipped">Steps skipped so far, this one among them.</param>
    public sealed record StepSkipped(long Step, int Epoch, string Reason, long Skipped) : RunEvent;

    /// <summary>The learning rate was set anew, as part of the run's identity.</summary>
    public sealed record RateSet(RateChange Change) : RunEvent;

    public sealed record EpochEnded(EpochResult Result) : RunEvent;

    public sealed record CheckpointWritten(string Path, long Step) : RunEvent;

    public sealed record CheckpointFailed(string Reason) : RunEvent;

    public sealed record Ended(RunResult Result) : RunEvent;
}

/// <summary>Watches a run. Called by the coordinator actor: must not block.</summary>
public interface IRunObserver
{
    void On(RunEvent happened);

    /// <summary>As <see cref="On"/> with a <see cref="RunEvent.StepCommitted"/>, which is made only for those who do not take the numbers here.</summary>
    void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples) =>
        On(new RunEvent.StepCommitted(step, epoch, batch, loss, trainSeconds, samples));

    /// <summary>A worker is given shards of a step.</summary>
    void OnAssigned(long step, int worker, int shards)
    {
    }

    /// <summary>A worker has answered for some of its shards.</summary>
    /// <param name="computeSeconds">Its forward and backward.</param>
    void OnAnswered(long step, int worker, double computeSeconds)
    {
    }
}
