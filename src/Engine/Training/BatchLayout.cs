namespace Distributed.Engine.Training;

/// <summary>Where the samples of a data set go: which batch of an epoch, which virtual shard of a batch.</summary>
/// <remarks>
/// Batch i of an epoch holds samples [i·B, min((i+1)·B, N)) of the epoch's order, so the last one may be smaller. Shard s of a
/// batch of b samples holds its samples [⌊s·b/V⌋, ⌊(s+1)·b/V⌋): sizes differ by one at most, and a shard may be empty (its
/// sum is then +0 in every element).
/// </remarks>
public sealed record BatchLayout
{
    /// <param name="samples">N, samples of the training set; at least 1.</param>
    /// <param name="batch">B, samples of a batch; at least 1.</param>
    /// <param name="shards">V, virtual shards of a batch; a power of two, at most <see cref="MaxShards"/>.</param>
    public BatchLayout(int samples, int batch, int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (shards < 1 || shards > MaxShards || !int.IsPow2(shards))
            throw new ArgumentOutOfRangeException(nameof(shards), shards, $"virtual shards: a power of two from 1 to {MaxShards}");
        (Samples, Batch, Shards) = (samples, Math.Min(batch, samples), shards);
    }

    /// <summary>The most virtual shards a batch may be cut into.</summary>
    public const int MaxShards = 4096;

    public int Samples { get; }

    public int Batch { get; }

    public int Shards { get; }

    public int BatchesPerEpoch => (Samples + Batch - 1) / Batch;

    /// <summary>Position in the epoch's order of the first sample of batch <paramref name="batch"/>.</summary>
    public int FirstSample(int batch) => batch * Batch;

    /// <summary>Samples of batch <paramref name="batch"/> of an epoch.</summary>
    public int SamplesIn(int batch) => Math.Min(Batch, Samples - FirstSample(batch));

    /// <summary>Offset in the batch at which shard <paramref name="shard"/> (0..V) begins.</summary>
    public int ShardOffset(int batch, int shard) => (int)((long)shard * SamplesIn(batch) / Shards);

    /// <summary>The most samples any run of <paramref name="count"/> shards holds.</summary>
    public int MaxSamples(int count) => Math.Min(Batch, (int)(((long)count * Batch + Shards - 1) / Shards) + 1);
}
