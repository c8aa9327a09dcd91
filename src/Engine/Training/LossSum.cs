namespace Distributed.Engine.Training;

/// <summary>Losses of some samples, added in double precision in sample order.</summary>
/// <param name="Loss">ΣH.</param>
/// <param name="Correct">Right decisions, see <see cref="Decisions"/>.</param>
public readonly record struct LossSum(double Loss, long Correct, int Samples)
{
    /// <summary>The node of two children in the reduction tree: left + right.</summary>
    public static LossSum operator +(LossSum left, LossSum right) =>
        new(left.Loss + right.Loss, left.Correct + right.Correct, left.Samples + right.Samples);

    /// <summary>The root over a power of two of leaves, added pairwise in the fixed tree; the leaves are overwritten.</summary>
    public static LossSum InTree(Span<LossSum> leaves)
    {
        if (!int.IsPow2(leaves.Length)) throw new ArgumentException($"a tree has a power of two of leaves, got {leaves.Length}");
        for (var nodes = leaves.Length / 2; nodes > 0; nodes /= 2)
            for (var i = 0; i < nodes; i++)
                leaves[i] = leaves[2 * i] + leaves[(2 * i) + 1];
        return leaves[0];
    }
}
