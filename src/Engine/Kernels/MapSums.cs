using System.Numerics;

namespace Distributed.Engine.Kernels;

/// <summary>Sums over samples and positions, one for each map: the gradient of a bias that all positions share.</summary>
/// <remarks>A shard's sum begins at +0 and adds its samples in order, within a sample the positions in order; shard sums are added
/// pairwise in the fixed binary tree, left + right. An empty shard is +0. Eight maps go side by side, which never mix.</remarks>
internal static class MapSums
{
    private const int Together = 8;

    /// <param name="maps">[B, <paramref name="count"/>, <paramref name="positions"/>].</param>
    /// <param name="shardOffsets">Shard s holds samples [offsets[s], offsets[s + 1]); a power of two of shards.</param>
    /// <param name="sums">[count], written.</param>
    public static void Run<T>(ReadOnlySpan<T> maps, int count, int positions, ReadOnlySpan<int> shardOffsets, Span<T> sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (sums.Length != count || maps.Length != (long)shardOffsets[^1] * count * positions)
        {
            throw new ArgumentException($"MapSums: {shardOffsets[^1]} samples of {count} maps of {positions} positions, got {maps.Length} "
                + $"elements and {sums.Length} sums");
        }
        ShardOffsets.Check("MapSums", shardOffsets, shardOffsets[^1]);
        Span<T> stack = stackalloc T[(ShardOffsets.MaxDepth + 1) * Together];
        for (var first = 0; first < count; first += Together)
        {
            var width = Math.Min(Together, count - first);
            var depth = 0;
            for (var shard = 0; shard + 1 < shardOffsets.Length; shard++)
            {
                var sum = stack.Slice(depth * Together, Together);
                sum.Clear();
                for (var b = shardOffsets[shard]; b < shardOffsets[shard + 1]; b++)
                    Add(maps.Slice(((b * count) + first) * positions, width * positions), positions, sum);
                for (var merges = ShardOffsets.Merges(shard); merges > 0; merges--, depth--)
                    for (var i = 0; i < width; i++)
                        stack[((depth - 1) * Together) + i] += stack[(depth * Together) + i];
                depth++;
            }
            stack[..width].CopyTo(sums[first..]);
        }
    }

    private static void Add<T>(ReadOnlySpan<T> maps, int positions, Span<T> sums) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (maps.Length < Together * positions)
        {
            for (var i = 0; i * positions < maps.Length; i++)
                foreach (var element in maps.Slice(i * positions, positions))
                    sums[i] += element;
            return;
        }
        var (s0, s1, s2, s3, s4, s5, s6, s7) = (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]);
        for (var p = 0; p < positions; p++)
        {
            s0 += maps[p];
            s1 += maps[p + positions];
            s2 += maps[p + (2 * positions)];
            s3 += maps[p + (3 * positions)];
            s4 += maps[p + (4 * positions)];
            s5 += maps[p + (5 * positions)];
            s6 += maps[p + (6 * positions)];
            s7 += maps[p + (7 * positions)];
        }
        (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]) = (s0, s1, s2, s3, s4, s5, s6, s7);
    }
}
