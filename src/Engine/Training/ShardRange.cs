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
        for (var first = First; first < End;)
        {
            var largestByStart = first == 0 ? int.MaxValue : first & -first;
            var count = Math.Min(largestByStart, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(End - first) + 1) / 2);
            yield return new ShardRange(first, count);
            first += count;
        }
    }

    public override string ToString() => Count == 1 ? $"{First}" : $"{First}-{End - 1}";
}
