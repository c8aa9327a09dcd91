namespace Distributed.Coordinator.Scheduling;

/// <summary>What workers say of one audited shard of the step in progress.</summary>
/// <remarks>An opinion is the hash of what a worker computed. One that came with its chunks (<em>sent</em>) can be counted; an auditor's is a hash
/// alone. Two different workers of one opinion settle it. A worker that speaks twice is one worker.</remarks>
internal sealed class AuditedShard(int shard)
{
    private readonly SortedDictionary<int, Opinion> _opinions = [];
    private readonly SortedSet<int> _auditors = [];

    public int Shard { get; } = shard;

    /// <summary>Workers that were asked for the hash alone and have not answered.</summary>
    public IReadOnlyCollection<int> Auditors => _auditors;

    public IReadOnlyCollection<int> Heard => _opinions.Keys;

    /// <summary>Nothing more is to be asked: what counts was chosen.</summary>
    public bool IsSettled { get; set; }

    /// <summary>It was told that there are different opinions and nobody else to ask.</summary>
    public bool IsDisputeTold { get; set; }

    public bool IsDisputed => _opinions.Values.Select(opinion => opinion.Hash).Distinct(StringComparer.Ordinal).Skip(1).Any();

    public bool HasSent => _opinions.Values.Any(opinion => opinion.IsSent);

    public void Ask(int auditor) => _auditors.Add(auditor);

    /// <returns>False where the worker was not asked for the hash alone.</returns>
    public bool Answered(int auditor) => _auditors.Remove(auditor);

    /// <returns>False where the worker had said nothing.</returns>
    public bool Forget(int worker) => _opinions.Remove(worker);

    public void Hear(int worker, string hash, bool isSent) => _opinions[worker] = new Opinion(hash, isSent);

    /// <summary>The worker whose chunks count, and those who are of another opinion. Null: not yet to be told.</summary>
    public (int Worker, IReadOnlyList<int> Wrong)? Verdict()
    {
        foreach (var (worker, opinion) in _opinions)
        {
            if (!opinion.IsSent || _opinions.Count(other => other.Value.Hash == opinion.Hash) < 2) continue;
            return (worker, [.. _opinions.Where(other => other.Value.Hash != opinion.Hash).Select(other => other.Key)]);
        }
        return null;
    }

    /// <summary>Where there is nobody to compare with: the worker whose chunks count unaudited.</summary>
    public int FirstSent => _opinions.First(entry => entry.Value.IsSent).Key;

    private readonly record struct Opinion(string Hash, bool IsSent);
}
