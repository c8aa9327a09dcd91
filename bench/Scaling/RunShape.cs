using Distributed.Engine.Training;

namespace Distributed.Scaling;

/// <summary>What the cost of a step's exchange follows from.</summary>
/// <param name="Workers">N, all equally fast and in time.</param>
/// <param name="Shards">V, virtual shards of a step, a power of two.</param>
/// <param name="Parameters">P, float32 elements of the flat vector.</param>
internal sealed record RunShape(int Workers, int Shards, int Parameters, int ChunkElements)
{
    private int? _partials;

    /// <summary>C, chunks of the flat vector.</summary>
    public int Chunks => (Parameters + ChunkElements - 1) / ChunkElements;

    /// <summary>A = min(N, V): workers that get a share.</summary>
    public int Assigned => Math.Min(Workers, Shards);

    /// <summary>R, partial sums of a step: the aligned runs that all shares are cut into. N where N is a power of two and no more than V; A to
    /// 2·log2(V)·A else.</summary>
    public int Partials => _partials ??= Shares().Sum(ranges => ranges.Count);

    /// <summary>Messages of a step to the coordinator: C chunks and a PartialDone for each partial sum, a WeightsHeld of each worker.</summary>
    public long MessagesIn => (long)Partials * (Chunks + 1) + Workers;

    /// <summary>Messages of a step from the coordinator: C chunks of weights for each worker, an Assign for each that gets a share.</summary>
    public long MessagesOut => (long)Workers * Chunks + Assigned;

    /// <summary>The share of each worker that gets one, in order of their numbers: ⌊V/N⌋ shards, one more for the first V mod N.</summary>
    public IEnumerable<IReadOnlyList<ShardRange>> Shares()
    {
        for (var (worker, first) = (0, 0); worker < Assigned; worker++)
        {
            var count = Shards / Workers + (worker < Shards % Workers ? 1 : 0);
            yield return [.. new ShardRange(first, count).Aligned()];
            first += count;
        }
    }
}
