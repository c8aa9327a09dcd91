using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Training;

public class LossSumTests
{
    [Fact]
    public void A_tree_adds_pairwise()
    {
        // (1 + 1e16) + (−1e16 + 1) rounds to 1e16 − 1e16; one after another they would give 1.
        LossSum[] leaves = [new(1, 1, 1), new(1e16, 0, 1), new(-1e16, 1, 1), new(1, 1, 1)];
        Assert.Equal(new LossSum(0, 3, 4), LossSum.InTree(leaves));
    }

    [Fact]
    public void A_tree_has_a_power_of_two_of_leaves() =>
        Assert.Contains("got 3", Assert.Throws<ArgumentException>(() => LossSum.InTree(new LossSum[3])).Message);
}
