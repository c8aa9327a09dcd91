namespace Distributed.Engine.Training;

/// <summary>How the test set is cut for evaluation: blocks of <see cref="Samples"/> samples in the data set's order.</summary>
/// <remarks>A block is added in sample order and the blocks in block order, so who evaluates which block does not show.</remarks>
public static class EvaluationBlocks
{
    /// <summary>Samples of a block; the last one may hold fewer.</summary>
    public const int Samples = 256;

    public static int Count(int testSamples) => (testSamples + Samples - 1) / Samples;

    /// <summary>The first sample of a block and the number of its samples.</summary>
    public static (int First, int Count) Range(int block, int testSamples) =>
        (block * Samples, Math.Min(Samples, testSamples - (block * Samples)));

    /// <summary>The sums of all blocks, added in block order from zero.</summary>
    public static LossSum Add(ReadOnlySpan<LossSum> blocks)
    {
        var sum = default(LossSum);
        foreach (var block in blocks) sum += block;
        return sum;
    }
}
