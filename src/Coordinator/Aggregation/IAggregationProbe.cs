using Distributed.Engine.Training;
using Distributed.Protocol;

namespace Distributed.Coordinator.Aggregation;

/// <summary>Told of all that goes into the weights, as it goes in: for checks that stand beside the program. Must not block or throw.</summary>
public interface IAggregationProbe
{
    /// <summary>A chunk of a partial sum is in its tree; what was dropped is not told of.</summary>
    void Counted(in ChunkHeader header);

    /// <summary>The losses of a partial sum are in their tree.</summary>
    void LossCounted(long step, ShardRange range, in LossSum sum);

    /// <summary>Whether <see cref="Gradient"/> is to be told of this step: making ∇L visible takes a pass over it.</summary>
    bool WantsGradient(long step) => false;

    /// <summary>A part of ∇L, before the optimizer takes it, where <see cref="WantsGradient"/>.</summary>
    /// <param name="offset">Of its first element in the flat vector.</param>
    /// <param name="mean">Not to be kept.</param>
    void Gradient(long step, int offset, ReadOnlySpan<float> mean)
    {
    }

    /// <summary>A step is committed.</summary>
    /// <param name="weightVersions">Versions of the weights in memory: the current, the next, and those that messages on their way still hold.</param>
    void Committed(long step, int weightVersions);
}
