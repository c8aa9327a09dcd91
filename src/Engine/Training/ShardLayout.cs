namespace Distributed.Engine.Training;

/// <summary>How the samples of one pass fall into virtual shards: shard s holds samples [Offsets[s], Offsets[s + 1]).</summary>
/// <remarks>The number of shards is a power of two; a sum over samples adds the samples of a shard in order, then the shards
/// pairwise in the fixed binary tree: ((s0 + s1) + (s2 + s3)) + …</remarks>
public readonly ref struct ShardLayout(ReadOnlySpan<int> offsets)
{
    public ReadOnlySpan<int> Offsets { get; } = offsets;

    public int Shards => Offsets.Length - 1;

    public int Samples => Offsets[^1];
}
