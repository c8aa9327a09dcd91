using Distributed.Coordinator.Running;

namespace Distributed.Coordinator.Cli;

/// <summary>Counts what audits find while this process leads a run. After the run has gone back, shards that are computed anew count again.</summary>
internal sealed class AuditTally
{
    private readonly HashSet<(long Step, int Shard)> _disputed = []; // of the newest step that has such
    private readonly List<string> _excluded = [];

    public int Audited { get; private set; }

    public int Unaudited { get; private set; }

    public int Disagreements { get; private set; }

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.ShardAudited: Audited++; break;
            case RunEvent.ShardUnaudited: Unaudited++; break;
            case RunEvent.ShardDisputed disputed: Disagree(disputed.Step, disputed.Shard); break;
            case RunEvent.WorkerExcluded excluded:
                Disagree(excluded.Step, excluded.Shard);
                _excluded.Add(excluded.Name);
                break;
            case RunEvent.Ended: _disputed.Clear(); break; // if it goes back, it may come to the same step again
            default: break; // is not about audits
        }
    }

    /// <summary>A shard is told of when the step waits for a third worker, when a worker is excluded, or both.</summary>
    private void Disagree(long step, int shard)
    {
        if (_disputed.Any(one => one.Step != step)) _disputed.Clear();
        if (_disputed.Add((step, shard))) Disagreements++;
    }

    /// <param name="rate">0..1, as asked for.</param>
    public AuditReport Report(double rate) => new(rate, Audited, Unaudited, Disagreements, [.. _excluded]);
}

/// <summary>What audits found, by this coordinator since it leads the run.</summary>
/// <param name="Rate">Share of the shards that two workers were to compute, 0..1.</param>
/// <param name="AuditedShards">On which two workers agreed, to the bit.</param>
/// <param name="UnauditedShards">That were to be audited and are counted as one worker computed them: there was no other.</param>
/// <param name="Disagreements">Shards of which two workers had different bits.</param>
/// <param name="ExcludedWorkers">host/pid of those that computed wrongly, in the order in which they were found.</param>
internal sealed record AuditReport(double Rate, int AuditedShards, int UnauditedShards, int Disagreements, IReadOnlyList<string> ExcludedWorkers);
