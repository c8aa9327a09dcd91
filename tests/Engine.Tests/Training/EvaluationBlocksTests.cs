using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class EvaluationBlocksTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(256, 1, 256)]
    [InlineData(257, 2, 1)]
    [InlineData(10000, 40, 16)]
    public void Blocks_cover_the_test_set_once(int samples, int blocks, int last)
    {
        Assert.Equal(blocks, EvaluationBlocks.Count(samples));
        var next = 0;
        for (var block = 0; block < blocks; block++)
        {
            var (first, count) = EvaluationBlocks.Range(block, samples);
            Assert.Equal(next, first);
            if (block == blocks - 1) Assert.Equal(last, count);
            next += count;
        }
        Assert.Equal(samples, next);
    }

    [Fact]
    public void Sums_are_added_in_block_order()
    {
        var sum = EvaluationBlocks.Add([new LossSum(1e16, 1, 2), new LossSum(1, 3, 4), new LossSum(-1e16, 5, 6)]);
        Assert.Equal(new LossSum(0, 9, 12), sum);
    }
}
