namespace Distributed.Engine.Training;

/// <summary>What one pass through a graph is for: how many samples, in which shards, and what the random numbers are keyed by.</summary>
/// <remarks>
/// An evaluation pass (<see cref="Training"/> false) uses no random number and no statistics of its own samples. The numbers of a
/// training pass follow from (<see cref="Seed"/>, <see cref="Step"/>, sample, operation), so who computes a shard does not show.
/// </remarks>
public readonly record struct Pass
{
    private static readonly ReadOnlyMemory<int>[] OneShard = [.. Enumerable.Range(0, 257).Select(samples => new[] { 0, samples })];

    /// <param name="samples">At least 1.</param>
    public Pass(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        Samples = samples;
        Shards = samples < OneShard.Length ? OneShard[samples] : new[] { 0, samples };
    }

    /// <param name="shards">Offsets as in <see cref="ShardLayout"/>: shard s holds samples [shards[s], shards[s + 1]) of the pass.</param>
    /// <exception cref="ArgumentException">The shards are no power of two, do not begin at 0, or hold no sample.</exception>
    public Pass(ReadOnlyMemory<int> shards)
    {
        if (shards.Length < 2 || !int.IsPow2(shards.Length - 1))
            throw new ArgumentException($"the number of shards is a power of two, got {shards.Length - 1}", nameof(shards));
        var offsets = shards.Span;
        if (offsets[0] != 0 || offsets[^1] < 1)
            throw new ArgumentException($"the shards of a pass begin at sample 0 and hold at least one, got {offsets[0]} to {offsets[^1]}",
                nameof(shards));
        for (var i = 1; i < offsets.Length; i++)
            if (offsets[i] < offsets[i - 1])
                throw new ArgumentException($"shard {i - 1} ends at sample {offsets[i]}, before it begins", nameof(shards));
        (Samples, Shards) = (offsets[^1], shards);
    }

    /// <summary>What <see cref="Shape.Batch"/> stands for.</summary>
    public int Samples { get; }

    /// <summary>Offsets of the virtual shards, the last one being <see cref="Samples"/>.</summary>
    public ReadOnlyMemory<int> Shards { get; }

    /// <summary>Whether dropout drops and batch normalization takes its batch's statistics.</summary>
    public bool Training { get; init; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Steps before this one, 0 at the first.</summary>
    public long Step { get; init; }

    /// <summary>Which sample of the data set stands at each place; empty: sample i at place i.</summary>
    public ReadOnlyMemory<int> SampleIds { get; init; }

    /// <summary>The data set's number of the sample at place <paramref name="sample"/> of the pass.</summary>
    public int SampleId(int sample) => SampleIds.IsEmpty ? sample : SampleIds.Span[sample];
}
