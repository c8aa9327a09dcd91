namespace Distributed.Simulations.Faults;

/// <summary>How often each kind of fault happened.</summary>
internal sealed class FaultTally
{
    private readonly long[] _counts = new long[FaultNames.All.Count];

    public long this[FaultKind kind] => _counts[(int)kind];

    public long Total => _counts.Sum();

    public void Add(FaultKind kind, long times = 1) => _counts[(int)kind] += times;

    public void Add(FaultTally other)
    {
        foreach (var kind in FaultNames.All) Add(kind, other[kind]);
    }
}
