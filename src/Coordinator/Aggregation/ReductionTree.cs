using Distributed.Engine.Training;

namespace Distributed.Coordinator.Aggregation;

/// <summary>What became of a partial sum given to a <see cref="ReductionTree{T}"/>.</summary>
public enum AddResult
{
    /// <summary>It is in the tree.</summary>
    Added,

    /// <summary>Its shards are in the tree already: dropped.</summary>
    Duplicate,

    /// <summary>It is in the tree, and the root is complete.</summary>
    Complete,
}

/// <summary>Adds partial sums in the fixed binary tree over virtual shards, whatever the order in which they come.</summary>
/// <remarks>
/// A partial is the sum over an aligned run of shards: a node of the tree. Two siblings are added, left + right, as soon as both are
/// there. A partial whose shards are covered by a node at or above it is a second copy and is dropped; one that covers nodes below
/// it replaces them (the bits are the same). So any mix of runs, copies and orders gives the root the same bits.
/// <para>Nodes are numbered as a heap: the root is 1, the children of n are 2n and 2n + 1, shard s is leaf V + s.</para>
/// <para>Invariant: no present node has a present ancestor; no two siblings are both present.</para>
/// </remarks>
/// <param name="shards">V, a power of two.</param>
/// <param name="add">left, right → left + right; may reuse the memory of either.</param>
/// <param name="discard">Told of every partial that is dropped.</param>
/// <param name="addLast">The same for the sum that becomes the root, where it is another; null: <paramref name="add"/>.</param>
public sealed class ReductionTree<T>(int shards, Func<T, T, T> add, Action<T> discard, Func<T, T, T>? addLast = null)
{
    private readonly Func<T, T, T> _addLast = addLast ?? add;
    private readonly T[] _sums = new T[2 * shards];
    private readonly bool[] _present = new bool[2 * shards];

    public bool IsComplete => _present[1];

    /// <summary>The sum over all shards. Only when complete.</summary>
    public T Root => IsComplete ? _sums[1] : throw new BrokenInvariantException("the root of an unfinished reduction was asked for");

    /// <param name="range">An aligned run in 0..V−1.</param>
    public AddResult Add(ShardRange range, T partial)
    {
        if (!range.IsAligned || range.End > shards) throw new ArgumentException($"shards {range} are no aligned run of 0..{shards - 1}");
        var node = shards / range.Count + range.First / range.Count;
        for (var above = node; above >= 1; above /= 2)
            if (_present[above])
            {
                discard(partial);
                return AddResult.Duplicate;
            }
        if (node < shards) Remove(2 * node, 2 * node + 1);
        for (; node > 1 && _present[node ^ 1]; node /= 2)
        {
            var sibling = Take(node ^ 1);
            var sum = node <= 3 ? _addLast : add;
            partial = (node & 1) == 0 ? sum(partial, sibling) : sum(sibling, partial);
        }
        (_sums[node], _present[node]) = (partial, true);
        return node == 1 ? AddResult.Complete : AddResult.Added;
    }

    /// <summary>Empties the tree without discarding: the root was taken.</summary>
    public void Reset()
    {
        Array.Clear(_sums);
        Array.Clear(_present);
    }

    private void Remove(int from, int to)
    {
        for (; from < 2 * shards; (from, to) = (2 * from, 2 * to + 1))
            for (var node = from; node <= to; node++)
                if (_present[node]) discard(Take(node));
    }

    private T Take(int node)
    {
        var sum = _sums[node];
        (_sums[node], _present[node]) = (default!, false);
        return sum;
    }
}
