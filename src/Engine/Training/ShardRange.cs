namespace Distributed.Engine.Training;

/// <summary>A run of virtual shards [First, First + Count) of one batch.</summary>
/// <remarks>
/// A run is <em>aligned</em> when Count is a power of two and First a multiple of it: then it is a node of the reduction tree, and
/// the sum over it is one partial sum. Any run is cut into at most 2·log2(V) aligned ones by <see cref="Aligned"/>.
/// </remarks>
public readonly record struct ShardRange(int First, int Count)
{
    public int End => First + Count;

    public bool IsAligned => Count > 0 && int.IsPow2(Count) && First % Count == 0;

    public bool Contains(ShardRange other) => First <= other.First && other.End <= End;

    /// <summary>The node this one is a child of. Only for an aligned run.</summary>
    public ShardRange Parent => new(First / (2 * Count) * (2 * Count), 2 * Count);

    /// <summary>The other child of <see cref="Parent"/>.</summary>
    public ShardRange Sibling => new(First ^ Count, Count);

    /// <summary>The largest aligned runs that make up this one, in shard order.</summary>
    public IEnumerable<ShardRange> Aligned()
    {
        for (var rest = this; rest.Count > 0; rest = rest.From(rest.FirstAligned.End)) yield return rest.FirstAligned;
    }

    /// <summary>The largest aligned run that this one begins with. Only where Count is above 0.</summary>
    public ShardRange FirstAligned
    {
        get
        {
            var largestByStart = First == 0 ? int.MaxValue : First & -First;
            return new ShardRange(First, Math.Min(largestByStart, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Count + 1) / 2));
        }
    }

    /// <summary>What is left of this run from a shard on.</summary>
    public ShardRange From(int first) => new(first, End - first);

    public override string ToString() => Count == 1 ? $"{First}" : $"{First}-{End - 1}";
}
