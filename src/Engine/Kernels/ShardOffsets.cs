namespace Distributed.Engine.Kernels;

/// <summary>Checks on where the shards of a sum over samples lie: shard s holds samples [offsets[s], offsets[s + 1]).</summary>
internal static class ShardOffsets
{
    /// <summary>log2 of <see cref="MaxShards"/>: the finished subtrees that can wait at once, besides the newest.</summary>
    public const int MaxDepth = 16;

    /// <summary>The most shards a kernel takes.</summary>
    public const int MaxShards = 1 << MaxDepth;

    /// <exception cref="ArgumentException">The offsets do not cut 0..<paramref name="samples"/> in a power of two of runs.</exception>
    public static void Check(string kernel, ReadOnlySpan<int> offsets, int samples)
    {
        var shards = offsets.Length - 1;
        if (shards < 1 || shards > MaxShards || !int.IsPow2(shards))
            throw new ArgumentException($"{kernel}: a power of two of shards up to {MaxShards} is wanted, got {shards}");
        if (offsets[0] != 0 || offsets[^1] != samples)
            throw new ArgumentException($"{kernel}: shards must cover samples 0 to {samples}, got {offsets[0]} to {offsets[^1]}");
        for (var s = 0; s < shards; s++)
        {
            if (offsets[s] > offsets[s + 1])
                throw new ArgumentException($"{kernel}: shard {s} begins at sample {offsets[s]} and ends at {offsets[s + 1]}");
        }
    }

    /// <summary>
    /// How many waiting subtrees the sum of shard <paramref name="shard"/> completes: the trailing ones of its index. Each time
    /// the sum becomes the one on top of the stack + the sum; then it is pushed itself. After the last shard the stack holds the
    /// root alone.
    /// </summary>
    public static int Merges(int shard) => System.Numerics.BitOperations.TrailingZeroCount(~shard);
}
